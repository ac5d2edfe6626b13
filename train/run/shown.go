package run

import (
	"fmt"
	"strings"

	"gobert/train"
)

// Shown is a measure that people see.
type Shown struct {
	Name   string // "mlm_loss"
	Title  string // "mlm"
	Digits int    // behind the point
	Width  int    // of its column
}

// Describe writes measures for people: those that are asked for, or all.
func Describe(values []train.Value, shown []Shown) string {
	if shown == nil {
		for _, v := range values {
			shown = append(shown, Shown{Name: v.Name, Title: v.Name, Digits: 4})
		}
	}
	var parts []string
	for _, m := range shown {
		if x, ok := train.Find(values, m.Name); ok {
			parts = append(parts, fmt.Sprintf("%s %.*f", m.Title, m.Digits, x))
		}
	}
	return strings.Join(parts, ", ")
}
