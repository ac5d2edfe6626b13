// Package sentence splits text into sentences by rules.
//
//	for s := range sentence.All("Dr. Smith paid 3.50 dollars. Then he left.") {
//		fmt.Println(s) // "Dr. Smith paid 3.50 dollars.", then "Then he left."
//	}
//
// The libraries that exist for Go were measured first, by joining the sentences of English
// Wikipedia and splitting them again. One is not kept and slow, the other follows Unicode's
// annex 29, which knows no abbreviations: "Dr. Smith" would be two sentences, and every wrong
// cut is a wrong next-sentence pair for the model. The rules here know abbreviations, initials,
// decimals, quotes and brackets after the full stop, ellipses, and the full stops of Chinese,
// Japanese, Hindi and Arabic. Where they doubt, they do not cut.
//
// # Files
//
//   - sentence.go: All, finding the ends of sentences
//   - end.go: whether a full stop ends a sentence
//   - words.go: abbreviations, and words that begin sentences
package sentence
