package plot

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// linear puts numbers at multiples of 1, 2 or 5 times a power of ten.
type linear struct{ most int }

// Ticks implements plot.Ticker.
func (t linear) Ticks(low, high float64) []plot.Tick {
	if !(high > low) {
		return []plot.Tick{{Value: low, Label: strconv.FormatFloat(low, 'g', 4, 64)}}
	}
	step := niceStep(low, high, t.most)
	var ticks []plot.Tick
	for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9; i++ {
		ticks = append(ticks, plot.Tick{Value: i * step, Label: number(i*step, step)})
	}
	return ticks
}

// niceStep is the least round step that makes at most so many ticks.
func niceStep(low, high float64, most int) float64 {
	unit := math.Pow(10, math.Floor(math.Log10((high-low)/float64(most))))
	for _, m := range []float64{1, 2, 5, 10} {
		if (high-low)/(m*unit) <= float64(most) {
			return m * unit
		}
	}
	return 20 * unit
}

// logarithmic puts numbers at powers of ten, and between them where there are few.
type logarithmic struct{}

// Ticks implements plot.Ticker.
func (logarithmic) Ticks(low, high float64) []plot.Tick {
	decades := math.Log10(high / low)
	multiples := []float64{1}
	switch {
	case decades < 1:
		multiples = []float64{1, 1.5, 2, 3, 4, 5, 6, 8}
	case decades < 3:
		multiples = []float64{1, 2, 5}
	}
	every := max(1, int(math.Ceil(decades/6)))
	var ticks []plot.Tick
	for e := int(math.Floor(math.Log10(low))); float64(e) <= math.Log10(high)+1; e++ {
		for _, m := range multiples {
			// Parsed, not computed, so that a power of ten is the very number that is meant.
			value, _ := strconv.ParseFloat(strconv.FormatFloat(m, 'f', -1, 64)+"e"+strconv.Itoa(e), 64)
			if value < low*(1-1e-9) || value > high*(1+1e-9) || e%every != 0 {
				continue
			}
			ticks = append(ticks, plot.Tick{Value: value, Label: number(value, value)})
		}
	}
	return ticks
}

// number writes a tick as short as its distance from the next allows: 20k, 1.5M, 2e-05.
func number(x, step float64) string {
	if math.Abs(x) < step*1e-6 || x == 0 {
		return "0"
	}
	step = math.Abs(step)
	size := math.Abs(x)
	if size < 1e-3 {
		s := strconv.FormatFloat(x, 'e', digits(math.Pow(10, math.Floor(math.Log10(size))), step), 64)
		return strings.NewReplacer(".0e-0", "e\u2212", "e-0", "e\u2212", "-", "\u2212").Replace(s)
	}
	scale, suffix := 1.0, ""
	for _, u := range []struct {
		scale  float64
		suffix string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if size >= u.scale {
			scale, suffix = u.scale, u.suffix
			break
		}
	}
	s := strconv.FormatFloat(x/scale, 'f', digits(scale, step), 64) + suffix
	return strings.Replace(s, "-", "\u2212", 1)
}

// digits is how many of them behind the point show a step at a scale.
func digits(scale, step float64) int {
	for n := range 6 {
		rest := step / scale * math.Pow10(n)
		if math.Abs(rest-math.Round(rest)) < 1e-6*math.Max(1, rest) && math.Round(rest) > 0 {
			return n
		}
	}
	return 6
}
