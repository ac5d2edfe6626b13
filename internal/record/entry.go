package record

import "gobert/internal/metrics"

// Kind says what an entry is about.
type Kind string

// The kinds of entries.
const (
	Step       Kind = "step"       // means since the last logged step of training
	Evaluation Kind = "evaluation" // measured on held-out data after a step
	Event      Kind = "event"      // something happened to the process: started, resumed, saved, stopped
)

// Value is one named number.
type Value = metrics.Value

// Entry is one line of the record.
type Entry struct {
	Kind   Kind
	Step   int64
	Text   string  // of an Event, or a note on another entry
	Values []Value // in the order in which they are written; names are unique
	Timing []Value // what differs from run to run: speed, memory, seconds
}

// Value returns a number of the entry by name, whether it is among the values or the timing.
func (e Entry) Value(name string) (value float64, ok bool) {
	for _, values := range [][]Value{e.Values, e.Timing} {
		for _, v := range values {
			if v.Name == name {
				return v.Value, true
			}
		}
	}
	return 0, false
}

// Series collects a named number over the entries of a kind: the steps and the values at them.
func Series(entries []Entry, kind Kind, name string) (steps, values []float64) {
	for _, e := range entries {
		if e.Kind != kind {
			continue
		}
		if v, ok := e.Value(name); ok {
			steps = append(steps, float64(e.Step))
			values = append(values, v)
		}
	}
	return steps, values
}

// Names lists the numbers that entries of a kind hold, in the order in which they first come.
func Names(entries []Entry, kind Kind) []string {
	var names []string
	seen := map[string]bool{}
	for _, e := range entries {
		if e.Kind != kind {
			continue
		}
		for _, values := range [][]Value{e.Values, e.Timing} {
			for _, v := range values {
				if !seen[v.Name] {
					seen[v.Name] = true
					names = append(names, v.Name)
				}
			}
		}
	}
	return names
}

// Lasting leaves out events and timing: what is left is the same for a run that was killed and resumed as for one that was
// never stopped.
func Lasting(entries []Entry) []Entry {
	var lasting []Entry
	for _, e := range entries {
		if e.Kind != Event {
			e.Timing = nil
			lasting = append(lasting, e)
		}
	}
	return lasting
}
