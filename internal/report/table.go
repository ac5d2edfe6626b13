package report

import "fmt"

// Table lists some points of each curve, for reading instead of looking.
func (p Panel) Table() Breakdown {
	t := Breakdown{Title: p.Title, Head: []string{"curve", "step", "value"}}
	for _, s := range p.Series {
		if p.smooths(s) {
			s = s.smooth()
			s.Name += ", mean of neighbours"
		}
		s = s.finite()
		n := len(s.X)
		for i := range min(n, 9) {
			k := i * (n - 1) / max(min(n, 9)-1, 1)
			t.Rows = append(t.Rows, []string{s.Name, fmt.Sprintf("%g", s.X[k]), number(s.Y[k], p.Unit)})
		}
	}
	return t
}
