package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// ticks puts numbers at multiples of 1, 2 or 5 times a power of ten, six at most.
func ticks(unit string) plot.TickerFunc {
	return func(low, high float64) (list []plot.Tick) {
		const most = 5 // steps
		step := math.Pow(10, math.Floor(math.Log10((high-low)/most)))
		for _, m := range []float64{2, 2.5, 2} {
			if (high-low)/step > most {
				step *= m
			}
		}
		for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9; i++ {
			list = append(list, plot.Tick{Value: i * step, Label: number(i*step, unit)})
		}
		return inside(list, plot.LinearScale{}, low, high)
	}
}

// inside leaves out numbers so near an end that they would move the axes of one panel against those of its neighbours.
func inside(list []plot.Tick, scale plot.Normalizer, low, high float64) []plot.Tick {
	return slices.DeleteFunc(list, func(t plot.Tick) bool {
		at := scale.Normalize(low, high, t.Value)
		return at > 1e-6 && at < 0.035 || at > 0.965 && at < 1-1e-6
	})
}

// logTicks puts numbers at powers of ten, and between them where there are few.
func logTicks(low, high float64) (list []plot.Tick) {
	decades := math.Log10(high / low)
	multiples := []float64{1}
	switch {
	case decades < 1:
		multiples = []float64{1, 1.5, 2, 3, 4, 5, 6, 8}
	case decades < 3:
		multiples = []float64{1, 2, 5}
	}
	every := max(1, int(math.Ceil(decades/6)))
	for e := int(math.Floor(math.Log10(low))); float64(e) <= math.Log10(high)+1; e++ {
		for _, m := range multiples {
			if v := m * math.Pow10(e); v >= low*(1-1e-9) && v <= high*(1+1e-9) && e%every == 0 {
				list = append(list, plot.Tick{Value: v, Label: number(v, "")})
			}
		}
	}
	return inside(list, plot.LogScale{}, low, high)
}

// number writes a value as short as it stays readable: 4 digits at most, 20k, 1.5M, 2e-5, and a share as 61.2%.
func number(v float64, unit string) string {
	digits := func(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
	size := math.Abs(v)
	switch {
	case unit == "%":
		return strconv.FormatFloat(math.Round(v*1000)/10+0, 'f', -1, 64) + "%" // +0 turns -0 into 0
	case v == 0:
		return "0"
	case size < 1e-3:
		rounded, _ := strconv.ParseFloat(digits(v), 64)
		return strings.Replace(strconv.FormatFloat(rounded, 'e', -1, 64), "e-0", "e-", 1)
	}
	scale := 1e12
	for _, suffix := range []string{"T", "G", "M", "k"} {
		if size >= scale*0.99995 { // what is written with 4 digits as the next 1000
			return digits(v/scale) + suffix
		}
		scale /= 1000
	}
	return digits(v)
}
