package train

import (
	"gobert/internal/torch"
)

// meter adds up measures on the device, so that a step need not wait for it; they are read when a report is due.
type meter struct {
	device torch.Device
	names  []string
	sums   map[string]*torch.Tensor // fp32 scalars [1]
	counts map[string]float64
	marked map[string]*torch.Tensor // the sums at the last mark, and their counts
	before map[string]float64
}

func newMeter(device torch.Device) *meter {
	return &meter{
		device: device, sums: map[string]*torch.Tensor{}, counts: map[string]float64{}, marked: map[string]*torch.Tensor{}, before: map[string]float64{},
	}
}

// mark remembers the sums, for a step of several batches that may be interrupted in its middle.
func (m *meter) mark() {
	for name, sum := range m.sums {
		if m.marked[name] == nil {
			m.marked[name] = torch.NewZeros(torch.Float32, m.device, 1)
		}
		m.marked[name].CopyFrom(sum, false)
		m.before[name] = m.counts[name]
	}
}

// rewind goes back to the mark.
func (m *meter) rewind() {
	for name, sum := range m.sums {
		if kept := m.marked[name]; kept != nil {
			sum.CopyFrom(kept, false)
		} else {
			sum.Fill(0)
		}
		m.counts[name] = m.before[name]
	}
}

// add runs on the LibTorch thread, inside the pass that made the measures.
func (m *meter) add(p *torch.Pass, measures []Measure) {
	for _, x := range measures {
		sum, ok := m.sums[x.Name]
		if !ok {
			m.names = append(m.names, x.Name)
			sum = torch.NewZeros(torch.Float32, m.device, 1)
			m.sums[x.Name] = sum
		}
		p.AddInPlace(sum, x.Sum)
		m.counts[x.Name] += x.Count
	}
}

// read gives the means since the last reading, in the order the measures first came, and starts anew.
func (m *meter) read() []Value {
	var values []Value
	for _, name := range m.names {
		if m.counts[name] > 0 {
			values = append(values, Value{Name: name, Value: m.sums[name].Item() / m.counts[name]})
		}
		m.sums[name].Fill(0)
		m.counts[name] = 0
	}
	return values
}

// Sum is a measure that was begun and not yet reported.
type Sum struct {
	Name  string  `json:"name"`
	Sum   float64 `json:"sum"`
	Count float64 `json:"count"`
}

// begun gives what a checkpoint must hold, so that the next report is that of a run never stopped.
func (m *meter) begun() []Sum {
	var list []Sum
	for _, name := range m.names {
		list = append(list, Sum{name, m.sums[name].Item(), m.counts[name]})
	}
	return list
}

// restore goes on from what a checkpoint holds.
func (m *meter) restore(list []Sum) {
	m.free()
	*m = *newMeter(m.device)
	for _, x := range list {
		m.names = append(m.names, x.Name)
		sum := torch.NewZeros(torch.Float32, m.device, 1)
		sum.Fill(x.Sum)
		m.sums[x.Name], m.counts[x.Name] = sum, x.Count
	}
}

func (m *meter) free() {
	for name, sum := range m.sums {
		sum.Free()
		if kept := m.marked[name]; kept != nil {
			kept.Free()
		}
	}
}
