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

func (m *meter) free() {
	for _, sum := range m.sums {
		sum.Free()
	}
}
