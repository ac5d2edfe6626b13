package report

import (
	"math"
	"strconv"
	"strings"
)

// axis maps values to places along a line and names round ones.
type axis struct {
	low, high float64 // values at the ends
	from, to  float64 // places of the ends
}

func (a axis) at(v float64) float64 {
	return a.from + (v-a.low)/(a.high-a.low)*(a.to-a.from)
}

// span widens an axis to hold the values that are numbers.
func span(values ...[]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, list := range values {
		for _, v := range list {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low > high {
		return 0, 1
	}
	if low == high {
		gap := max(math.Abs(low)/2, 1e-9)
		return low - gap, high + gap
	}
	// A narrower axis would have ticks that are written alike.
	if least := 0.01 * max(math.Abs(low), math.Abs(high)); high-low < least {
		middle := (low + high) / 2
		return middle - least/2, middle + least/2
	}
	return low, high
}

// ticks gives a few round values within the axis.
func (a axis) ticks() []float64 {
	rough := (a.high - a.low) / 4
	unit := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, f := range []float64{1, 2, 2.5, 5, 10} {
		if f*unit >= rough {
			unit *= f
			break
		}
	}
	var out []float64
	for k := math.Ceil(a.low/unit - 1e-9); k*unit <= a.high+unit*1e-9; k++ {
		out = append(out, k*unit+0) // +0 turns -0 into 0
	}
	return out
}

// number writes a value as short as it stays readable.
func number(v float64, unit string) string {
	if unit == "%" {
		return strconv.FormatFloat(math.Round(v*1000)/10, 'f', -1, 64) + "%"
	}
	short := strconv.FormatFloat(v, 'g', 4, 64)
	switch size := math.Abs(v); {
	case v == 0:
		return "0"
	case size >= 1e9:
		return strconv.FormatFloat(v/1e9, 'g', 4, 64) + "G"
	case size >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 4, 64) + "M"
	case size >= 1e4:
		return strconv.FormatFloat(math.Round(v/100)/10, 'f', -1, 64) + "k"
	case size < 1e-3:
		rounded, _ := strconv.ParseFloat(short, 64)
		return strings.Replace(strconv.FormatFloat(rounded, 'e', -1, 64), "e-0", "e-", 1)
	}
	return short
}
