package cli

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// bounds looks at every number of the verb that was chosen, wherever it came from. A number is finite and not negative unless
// its flag says otherwise, in tags beside its help:
//
//	least:"-1"   the smallest value, in the place of 0
//	above:"0"    the value that all are above
//	most:"1"     the largest value
//	below:"1"    the value that all are below
//	or:"0"       a value apart from the others, which means something of its own
//	parallel:""  a number of goroutines or threads: no more than a machine like this one could use; 0 is one by itself
//
// What these cannot say (of two flags together, or of the data) the verb looks at itself.
func bounds(parsed *kong.Context) error {
	var faults []error
	for _, flag := range parsed.Flags() {
		for _, x := range numbersOf(flag.Target) {
			if want := wanted(flag.Tag, x); want != "" {
				faults = append(faults, fmt.Errorf("--%s is %v: expected %s", flag.Name, shown(flag.Target, x), want))
			} else if flag.Tag.Has("parallel") && x != 0 {
				if err := plausible(int(x)); err != nil {
					faults = append(faults, fmt.Errorf("--%s: %w", flag.Name, err))
				}
			}
		}
	}
	return errors.Join(faults...)
}

// numbersOf are the numbers that a flag holds: none, one, or several.
func numbersOf(v reflect.Value) (list []float64) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return numbersOf(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, numbersOf(v.Index(i))...)
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

// wanted says what was expected in the place of a number; nothing where the number is good.
func wanted(tag *kong.Tag, x float64) string {
	var words []string
	good := !math.IsNaN(x) && !math.IsInf(x, 0)
	bound := func(name, word, fallback string, holds func(x, limit float64) bool) {
		text := tag.Get(name)
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
	if tag.Get("above") != "" {
		least = ""
	}
	bound("least", "at least", least, func(x, limit float64) bool { return x >= limit })
	bound("above", "above", "", func(x, limit float64) bool { return x > limit })
	bound("most", "at most", "", func(x, limit float64) bool { return x <= limit })
	bound("below", "below", "", func(x, limit float64) bool { return x < limit })
	apart := tag.Get("or")
	if other, err := strconv.ParseFloat(apart, 64); good || err == nil && x == other {
		return ""
	}
	if apart != "" {
		apart = ", or " + apart
	}
	return "a number " + strings.Join(words, " and ") + apart
}
