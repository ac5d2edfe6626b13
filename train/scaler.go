package train

// Scaler keeps fp16 gradients in range (Micikevicius et al. 2018): the loss is multiplied by a factor that is halved when a
// gradient overflows, the update being left out, and doubled after a long run of good steps. Other types need none.
type Scaler struct {
	On     bool    `json:"on"`
	Factor float64 `json:"factor"`
	Good   int     `json:"good"` // steps since the factor last changed
}

const (
	firstFactor = 65536
	goodRun     = 2000
	leastFactor = 1
)

func newScaler(on bool) Scaler {
	s := Scaler{On: on, Factor: 1}
	if on {
		s.Factor = firstFactor
	}
	return s
}

// succeeded notes an update that was made.
func (s *Scaler) succeeded() {
	if !s.On {
		return
	}
	if s.Good++; s.Good >= goodRun {
		s.Factor, s.Good = s.Factor*2, 0
	}
}

// overflowed notes a gradient out of range, and says whether a smaller factor may help.
func (s *Scaler) overflowed() bool {
	if !s.On || s.Factor <= leastFactor {
		return false
	}
	s.Factor, s.Good = s.Factor/2, 0
	return true
}
