// Package intake takes in what others wrote: files and JSON of any origin, within what this machine has.
//
//	text, err := intake.ReadFile("config.json") // not if it would take all memory
//	err = intake.Decode(text, &config)          // keys count only as they are spelt
//
// A size that somebody wrote into a file or a flag is compared with what there is before anything is made of that size. A faulty size
// then is one message that names what was asked and what there is, and not a machine that stands still.
//
// JSON is decoded as Python does, whose programs wrote the files of a model's folder: a key counts only as it is spelt, and of a key
// that stands there twice the last one counts. Go's own decoder takes "Vocab_Size" for "vocab_size". A fault is one sentence: the line
// where the text is no JSON, else the key, what stands there and what was expected. Whoever reads the file puts its name in front.
//
// # Files
//
//   - file.go, record.go: how long a file, one line or one document may be
//   - memory.go: what memory is left
//   - decode.go: Decode, Member; keep.go: members that nobody knows are kept; refuse.go: the keys that a program must not pass over
package intake
