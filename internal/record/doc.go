// Package record keeps what a run measured: metrics.jsonl, one JSON line per logged step, evaluation or event, and
// TensorBoard's event files beside it.
//
//	log, err := record.Open(folder, record.Options{TensorBoard: true})
//	err = log.Append(record.Entry{
//		Kind: record.Step, Step: 100,
//		Values: []record.Value{{Name: "loss", Value: 7.31}, {Name: "learning_rate", Value: 1e-4}},
//		Timing: []record.Value{{Name: "tokens_per_second", Value: 51200}},
//	})
//
// writes the line
//
//	{"kind":"step","step":100,"loss":7.31,"learning_rate":0.0001,"timing":{"tokens_per_second":51200}}
//
// # What a resumed run has in common with one never stopped
//
// [Open] with Resume cuts the record back to the checkpoint's step, so what a killed run logged after its last checkpoint
// is not there twice. The lines of steps and evaluations are then the same bytes as in a run that was never stopped, but
// for the member "timing", which holds all that depends on the clock and the machine (speed, memory, elapsed time), and is
// the last of its line. Lines of kind "event" (started, resumed, saved) tell what happened to the process and are no part of
// the comparison either. [Lasting] leaves exactly what must be equal.
//
// Numbers are written with as few digits as give the same float64 back. JSON has no name for what is not finite: it is
// written as one of the strings "NaN", "Infinity", "-Infinity". A last line that was cut by a crash is dropped.
//
// # Files
//
//   - entry.go: Entry: one line, and series of values
//   - encode.go, decode.go: a line to and from JSON
//   - smooth.go: Smooth: a curve without its noise
//   - file.go: Read: metrics.jsonl
//   - events.go: Events: TensorBoard's files
//   - log.go: Log: both of them, as a run writes them
package record
