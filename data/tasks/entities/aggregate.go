package entities

// Strategy says how tokens become entities.
type Strategy string

// The strategies of the pipeline.
const (
	None    Strategy = "none"    // every token by itself
	Simple  Strategy = "simple"  // neighbours of one type
	First   Strategy = "first"   // a word has the label of its first token
	Average Strategy = "average" // of the mean of its tokens' scores
	Max     Strategy = "max"     // of its surest token
)

// Token is one token that is not special.
type Token struct {
	Piece      string // as the vocabulary has it: "##ing"
	Unknown    bool   // it is [UNK]
	Index      int    // place in the sequence, [CLS] is 0
	Start, End int    // byte offsets in the text
	Logits     []float32
}

// Entity is what the pipeline reports. With [None] Index is the token's place and Label its full tag.
type Entity struct {
	Label      string
	Score      float32
	Word       string
	Start, End int // byte offsets in the text
	Index      int
}

// Aggregate finds the entities of a text. labels are the model's id2label; those in ignore (nil: "O") are left out.
func Aggregate(text string, tokens []Token, labels []string, s Strategy, ignore []string) []Entity {
	return nil
}
