package record

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// The members of a line that are not values.
const (
	kindKey   = "kind"
	stepKey   = "step"
	textKey   = "text"
	timingKey = "timing"
)

// reserved are the names that a value must not have.
func reserved() []string { return []string{kindKey, stepKey, textKey, timingKey} }

// Check refuses an entry that could not be read back as it is.
func (e Entry) Check() error {
	if !slices.Contains([]Kind{Step, Evaluation, Event}, e.Kind) {
		return fmt.Errorf("record: entry of step %d: kind is %q, expected %s, %s or %s", e.Step, e.Kind, Step, Evaluation, Event)
	}
	if e.Step < 0 {
		return fmt.Errorf("record: %s entry: step is %d, expected 0 or more", e.Kind, e.Step)
	}
	seen := map[string]bool{}
	for i, values := range [][]Value{e.Values, e.Timing} {
		for _, v := range values {
			switch {
			case v.Name == "":
				return fmt.Errorf("record: %s entry of step %d: a value has no name", e.Kind, e.Step)
			case i == 0 && slices.Contains(reserved(), v.Name):
				return fmt.Errorf("record: %s entry of step %d: no value can be named %q", e.Kind, e.Step, v.Name)
			case seen[v.Name]:
				return fmt.Errorf("record: %s entry of step %d: two values are named %q", e.Kind, e.Step, v.Name)
			}
			seen[v.Name] = true
		}
	}
	return nil
}

// AppendLine appends the entry as one line of JSON, newline included. The order of members is fixed: kind, step, text if
// there is one, the values in their order, timing.
func (e Entry) AppendLine(dst []byte) []byte {
	dst = append(dst, `{"kind":`...)
	dst = appendString(dst, string(e.Kind))
	dst = append(dst, `,"step":`...)
	dst = strconv.AppendInt(dst, e.Step, 10)
	if e.Text != "" {
		dst = append(dst, `,"text":`...)
		dst = appendString(dst, e.Text)
	}
	for _, v := range e.Values {
		dst = appendValue(append(dst, ','), v)
	}
	if len(e.Timing) > 0 {
		dst = append(dst, `,"timing":{`...)
		for i, v := range e.Timing {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendValue(dst, v)
		}
		dst = append(dst, '}')
	}
	return append(dst, "}\n"...)
}

func appendValue(dst []byte, v Value) []byte {
	dst = append(appendString(dst, v.Name), ':')
	switch {
	case math.IsNaN(v.Value):
		return append(dst, `"NaN"`...)
	case math.IsInf(v.Value, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(v.Value, -1):
		return append(dst, `"-Infinity"`...)
	}
	format := byte('f')
	if size := math.Abs(v.Value); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e' // as JavaScript and Python do
	}
	return strconv.AppendFloat(dst, v.Value, format, -1, 64)
}

func appendString(dst []byte, s string) []byte {
	text, _ := json.Marshal(s) // a string always has a JSON form
	return append(dst, text...)
}
