package settings

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"gobert/internal/fault"
)

// Check holds every setting against the bounds and the words that its tags allow, and names all that are beyond.
func Check(declaration any) error {
	var faults []error
	for _, f := range Fields(declaration) {
		if want := Expected(f.Tag.Lookup, f.Value); want != "" {
			faults = append(faults, fault.Usage("{"+f.Name+"} %s", want))
		}
		if words := f.Tag.Get("enum"); words != "" && !slices.Contains(strings.Split(words, ","), fmt.Sprint(f.Value.Interface())) {
			faults = append(faults, fault.Usage("{"+f.Name+"} is %q: expected one of %s", f.Value.Interface(), words))
		}
	}
	return errors.Join(faults...)
}

// Expected says what is wrong with the numbers that a setting holds; nothing where all are good. A number is finite and not
// negative unless a tag says otherwise:
//
//	least:"-1"   the smallest value, in the place of 0
//	above:"0"    the value that all are above
//	most:"1"     the largest value
//	below:"1"    the value that all are below
//	or:"0"       a value apart from the others, which means something of its own
//	parallel:""  a number of goroutines or threads: no more than a machine like this one could use; 0 is one by itself
//
// What these cannot say (of two settings together, or of the data) is looked at where it is known.
func Expected(tag func(name string) (string, bool), v reflect.Value) string {
	for _, x := range numbers(v) {
		if want := wanted(tag, x); want != "" {
			return fmt.Sprintf("is %v: expected %s", shown(v, x), want)
		}
		if _, parallel := tag("parallel"); parallel && x != 0 {
			if err := plausible(int(x)); err != nil {
				return fmt.Sprintf("is %v: %v", shown(v, x), err)
			}
		}
	}
	return ""
}

// numbers are those that a setting holds: none, one, or several.
func numbers(v reflect.Value) (list []float64) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return numbers(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, numbers(v.Index(i))...)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return []float64{float64(v.Int())}
	case reflect.Float32, reflect.Float64:
		return []float64{v.Float()}
	}
	return list
}

// shown is a number as it was written, or nearly so.
func shown(v reflect.Value, x float64) string {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.CanInt() {
		return fmt.Sprint(v.Interface())
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// wanted says what was expected in the place of a number.
func wanted(tag func(string) (string, bool), x float64) string {
	var words []string
	good := !math.IsNaN(x) && !math.IsInf(x, 0)
	bound := func(name, word, fallback string, holds func(x, limit float64) bool) {
		text, _ := tag(name)
		if text == "" {
			text = fallback
		}
		limit, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return // there is none
		}
		words = append(words, word+" "+text)
		good = good && holds(x, limit)
	}
	least := "0"
	if above, _ := tag("above"); above != "" {
		least = ""
	}
	bound("least", "at least", least, func(x, limit float64) bool { return x >= limit })
	bound("above", "above", "", func(x, limit float64) bool { return x > limit })
	bound("most", "at most", "", func(x, limit float64) bool { return x <= limit })
	bound("below", "below", "", func(x, limit float64) bool { return x < limit })
	apart, _ := tag("or")
	if other, err := strconv.ParseFloat(apart, 64); good || err == nil && x == other {
		return ""
	}
	if apart != "" {
		apart = ", or " + apart
	}
	return "a number " + strings.Join(words, " and ") + apart
}

// maxThreads is the largest number of threads that is taken for meant: each costs memory and a place in every wait, so
// many times the cores is a slip of the pen.
func maxThreads() int { return max(256, 8*runtime.NumCPU()) }

// plausible refuses a number of threads that no machine like this one could use: LibTorch would start them all, deaf to signals.
func plausible(n int) error {
	if n < 1 || n > maxThreads() {
		return fmt.Errorf("%d threads, expected 1 to %d (this machine has %d cores)", n, maxThreads(), runtime.NumCPU())
	}
	return nil
}
