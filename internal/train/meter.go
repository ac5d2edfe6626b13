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
}

func newMeter(device torch.Device) *meter {
	return &meter{device: device, sums: map[string]*torch.Tensor{}, counts: map[string]float64{}}
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
			values = append(values, Value{name, m.sums[name].Item() / m.counts[name]})
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
	m.names, m.sums, m.counts = nil, map[string]*torch.Tensor{}, map[string]float64{}
	for _, x := range list {
		m.names = append(m.names, x.Name)
		sum := torch.NewZeros(torch.Float32, m.device, 1)
		sum.Fill(x.Sum)
		m.sums[x.Name], m.counts[x.Name] = sum, x.Count
	}
}

func (m *meter) free() {
	for _, sum := range m.sums {
		sum.Free()
	}
}
