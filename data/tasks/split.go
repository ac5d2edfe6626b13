package tasks

// SplitDev takes share (0 to 1) of the examples, at least one, for evaluation: stratified by label where each has one, the
// same for the same seed. Both parts keep the order of the file.
func SplitDev(all []Example, share float64, seed uint64) (train, dev []Example) {
	return all, nil // TODO
}

// Duplicate is an example that is in two files, whatever its labels.
type Duplicate struct {
	Train, Dev Origin
	SameLabels bool
}

// Duplicates finds the dev examples whose texts (words, question and context, choices) are those of a train example.
func Duplicates(train, dev []Example) []Duplicate {
	return nil // TODO
}
