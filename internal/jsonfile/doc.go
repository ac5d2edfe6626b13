// Package jsonfile decodes the JSON files of a model's folder as Python does, whose programs wrote them: a key counts only as
// it is spelt, and of a key that stands there twice the last one counts. Go's own decoder takes "Vocab_Size" for "vocab_size".
//
// A fault is one sentence: the line where the text is no JSON, else the key, what stands there and what was expected.
// Whoever reads the file puts its name in front.
//
// decode.go decodes; refuse.go names the keys that a program must not pass over.
package jsonfile
