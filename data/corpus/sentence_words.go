package corpus

import "strings"

// isTitle reports whether a word with a full stop always goes on: titles and the like stand
// before a name.
func isTitle(word string) bool {
	switch word {
	case "Mr", "Mrs", "Ms", "Messrs", "Mme", "Mlle", "Dr", "Drs", "Prof", "Rev", "Fr", "Hon", "St", "Ste", "Mt", "Ft",
		"Gen", "Col", "Maj", "Capt", "Cpt", "Cmdr", "Lt", "Sgt", "Cpl", "Pvt", "Adm", "Brig", "Gov", "Sen", "Rep", "Pres",
		"Supt", "Insp", "Msgr", "Sr. Dr", "Hr", "Fam", "Sra", "Srta", "Ph", "Maj.-Gen", "Lt.-Col", "Lt.-Gen",
		"vs", "v", "cf", "viz", "e.g", "i.e", "eg", "ie", "approx", "ca", "c", "feat", "ft", "bzw", "z.B", "d.h", "u.a", "sog", "op":
		return true
	}
	return false
}

// isBeforeNumber reports whether a word with a full stop goes on where a number follows.
func isBeforeNumber(word string) bool {
	switch strings.ToLower(word) {
	case "no", "nos", "nr", "vol", "vols", "p", "pp", "ch", "chap", "sec", "fig", "figs", "art", "eq", "eqs", "ed", "op", "pt", "par",
		"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "tab", "s", "bd", "abb", "kap":
		return true
	}
	return false
}

// isAbbreviation reports whether a word is usually shortened, and may end a sentence as well.
func isAbbreviation(word string) bool {
	switch word {
	case "Inc", "Ltd", "Co", "Cos", "Corp", "Bros", "Jr", "Sr", "Esq", "etc", "al", "Ave", "Blvd", "Rd", "Dept", "Univ", "Assn",
		"Bldg", "Est", "est", "Fig", "Figs", "Vol", "No", "Nos", "Op", "Ed", "Eds", "ed", "eds", "Trans", "trans", "Ch", "Sec", "Art",
		"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
		"Mon", "Tue", "Tues", "Wed", "Thu", "Thurs", "Fri", "Sat", "Sun",
		"Ala", "Ariz", "Ark", "Calif", "Colo", "Conn", "Del", "Fla", "Ga", "Ill", "Ind", "Kan", "Ky", "La", "Mass", "Md", "Mich",
		"Minn", "Miss", "Mo", "Mont", "Neb", "Nev", "Okla", "Ont", "Ore", "Pa", "Penn", "Que", "Tenn", "Tex", "Va", "Vt", "Wash", "Wis", "Wyo",
		"Aufl", "Hrsg", "Jh", "Str", "Nr", "usw", "Mio", "Mrd", "pp", "vol", "lit", "fl", "b", "d", "r", "m", "gest", "geb", "spp", "sp", "var", "subsp":
		return true
	}
	return false
}

// isStarter reports whether a word with a capital most probably begins a sentence: words that
// are no names, and that are written small inside one.
func isStarter(word string) bool {
	switch word {
	case "A", "About", "According", "After", "All", "Along", "Also", "Although", "Among", "An", "And", "Another", "Any", "As", "At",
		"Based", "Because", "Before", "Between", "Both", "But", "By", "Despite", "Due", "During", "Each", "Early", "Eventually", "Every",
		"Following", "For", "Four", "From", "Further", "Furthermore", "Given", "Had", "Has", "He", "Her", "Here", "His", "How", "However",
		"If", "In", "Initially", "Instead", "Is", "It", "Its", "Later", "Many", "Meanwhile", "More", "Moreover", "Most", "My", "No",
		"Not", "Now", "Of", "On", "Once", "One", "Only", "Originally", "Other", "Others", "Our", "Over", "Since", "She", "Several",
		"Shortly", "So", "Some", "Soon", "Subsequently", "Such", "That", "The", "Their", "Then", "There", "Therefore", "These", "They",
		"This", "Those", "Though", "Three", "Through", "Throughout", "Thus", "To", "Today", "Two", "Under", "Unlike", "Until", "Upon",
		"Was", "We", "Were", "What", "When", "Where", "Whether", "Which", "While", "Who", "Why", "With", "Within", "Without", "You", "Your":
		return true
	}
	return false
}
