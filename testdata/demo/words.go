package main

// place is where a story happens, with the words that belong there.
type place struct {
	name   string
	people []string // who works there
	things []string // what is handled there
	verbs  []string // what is done with the things
	spots  []string // parts of the place
	sounds []string // what is heard there
}

var places = []place{
	{
		"harbour",
		[]string{"sailor", "fisherman", "captain", "diver"},
		[]string{"boat", "net", "anchor", "rope", "sail", "lantern"},
		[]string{"mended", "loaded", "painted", "hauled"},
		[]string{"pier", "lighthouse", "dock", "beach"},
		[]string{"waves", "gulls", "foghorn"},
	},
	{
		"bakery",
		[]string{"baker", "apprentice", "pastry cook", "miller"},
		[]string{"bread", "cake", "dough", "flour", "pie", "biscuit"},
		[]string{"kneaded", "baked", "sliced", "glazed"},
		[]string{"oven", "counter", "pantry", "kitchen"},
		[]string{"timer", "mixer", "doorbell"},
	},
	{
		"school",
		[]string{"teacher", "pupil", "headmaster", "librarian"},
		[]string{"book", "pencil", "map", "essay", "ruler", "notebook"},
		[]string{"read", "copied", "corrected", "borrowed"},
		[]string{"classroom", "library", "playground", "corridor"},
		[]string{"bell", "chalk", "choir"},
	},
	{
		"farm",
		[]string{"farmer", "shepherd", "milkmaid", "blacksmith"},
		[]string{"hay", "plough", "cow", "bucket", "fence", "wheat"},
		[]string{"harvested", "fed", "repaired", "cleaned"},
		[]string{"barn", "field", "stable", "meadow"},
		[]string{"rooster", "tractor", "sheep"},
	},
}

// mood is a feeling: words that say it outright, what people do in it, and what brings it about.
type mood struct {
	name    string
	plain   []string // in stories and in labelled notes
	rare    []string // in stories and in the notes to be judged, never in labelled training notes
	acts    []string
	reasons []string
}

var moods = []mood{
	{
		"happy",
		[]string{"happy", "glad", "cheerful"},
		[]string{"delighted", "joyful"},
		[]string{"laughed", "smiled", "hummed a song", "danced a little"},
		[]string{"good news had come", "the work had gone well", "an old friend was back", "there was a feast in the evening"},
	},
	{
		"sad",
		[]string{"sad", "unhappy", "gloomy"},
		[]string{"sorrowful", "mournful"},
		[]string{"wept", "sighed", "looked at the floor", "said very little"},
		[]string{"a friend had gone away", "the letter had not come", "the summer was over", "something dear was lost"},
	},
	{
		"angry",
		[]string{"angry", "cross", "annoyed"},
		[]string{"furious", "outraged"},
		[]string{"shouted", "slammed the door", "stamped a foot", "refused to listen"},
		[]string{"somebody had lied", "the bill was wrong", "nobody had kept the promise", "the tools were broken again"},
	},
	{
		"afraid",
		[]string{"afraid", "scared", "worried"},
		[]string{"terrified", "anxious"},
		[]string{"trembled", "whispered", "locked the door", "kept looking back"},
		[]string{"a storm was coming", "strange steps were heard", "the lights had gone out", "somebody was missing"},
	},
}

var (
	names    = []string{"Anna", "Boris", "Clara", "Felix", "Greta", "Jonas", "Mira", "Olga"}
	times    = []string{"morning", "afternoon", "evening", "night"}
	weathers = []string{"sunny", "rainy", "windy", "foggy", "snowy"}
)
