package train

import (
	"maps"

	"gobert/internal/torch"
)

// meter adds up measures on the device, so that a step need not wait for it; they are read when a report is due.
type meter struct {
	sums   *torch.Tensor // fp64 [measureRoom], each an fp32
	names  []string
	counts map[string]float64
	marked *torch.Tensor // the sums at the last mark, and their counts
	before map[string]float64
}

// newMeter counts in a row of zeros, which stays its holder's.
func newMeter(sums *torch.Tensor) *meter { return &meter{sums: sums, counts: map[string]float64{}} }

// mark remembers the sums, for a step of several batches that may be interrupted in its middle.
func (m *meter) mark() {
	if m.marked == nil {
		m.marked = torch.NewZeros(torch.Float64, m.sums.Device(), measureRoom)
	}
	m.marked.CopyFrom(m.sums, false)
	m.before = maps.Clone(m.counts)
}

// rewind goes back to the mark.
func (m *meter) rewind() {
	m.sums.CopyFrom(m.marked, false)
	m.counts = maps.Clone(m.before)
}

// add runs on the LibTorch thread, inside the pass that made the measures.
func (m *meter) add(measures []Measure) {
	var list []torch.Measured
	for _, x := range measures {
		times := 1.0
		if x.Mean {
			times = x.Count
		}
		list = append(list, torch.Measured{Value: x.Value, Times: times, Into: m.place(x.Name)})
		m.counts[x.Name] += x.Count
	}
	torch.AddMeasures(m.sums, list)
}

// place is where a measure is added up: in the order in which they first came.
func (m *meter) place(name string) int {
	for i, known := range m.names {
		if known == name {
			return i
		}
	}
	if len(m.names) == measureRoom {
		torch.Throw("measure", "%s is one measure more than the %d that there is room for", name, measureRoom)
	}
	m.names = append(m.names, name)
	return len(m.names) - 1
}

// read gives the means since the last reading, in the order the measures first came, and starts anew. sums are a copy of the
// device's.
func (m *meter) read(sums []float64) []Value {
	var values []Value
	for i, name := range m.names {
		if m.counts[name] > 0 {
			values = append(values, Value{Name: name, Value: sums[i] / m.counts[name]})
		}
	}
	m.sums.Fill(0)
	clear(m.counts)
	return values
}

// Sum is a measure that was begun and not yet reported.
type Sum struct {
	Name  string  `json:"name"`
	Sum   float64 `json:"sum"`
	Count float64 `json:"count"`
}

// begun gives what a checkpoint must hold, so that the next report is that of a run never stopped.
func (m *meter) begun(sums []float64) []Sum {
	var list []Sum
	for i, name := range m.names {
		list = append(list, Sum{name, sums[i], m.counts[name]})
	}
	return list
}

// restore goes on from what a checkpoint holds.
func (m *meter) restore(list []Sum) {
	m.names = nil
	clear(m.counts)
	sums := make([]float64, measureRoom)
	for _, x := range list {
		sums[m.place(x.Name)], m.counts[x.Name] = x.Sum, x.Count
	}
	m.set(sums)
}

// tally adds the sums and the counts of measures that the host knows.
func (m *meter) tally(names []string, pairs []float64) {
	sums := torch.Values[float64](m.sums)
	for i, name := range names {
		sums[m.place(name)] += pairs[2*i]
		m.counts[name] += pairs[2*i+1]
	}
	m.set(sums)
}

// set replaces the sums.
func (m *meter) set(sums []float64) {
	there := torch.NewFrom(sums, m.sums.Device(), measureRoom)
	defer there.Free()
	m.sums.CopyFrom(there, false)
}

func (m *meter) free() { m.marked.Free() }
