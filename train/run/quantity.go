package run

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Count is a large number that people write short: 10000, 1e6, 250k, 10M, 1.5B.
type Count int64

// UnmarshalText reads a count.
func (c *Count) UnmarshalText(text []byte) error {
	number, factor := string(text), 1.0
	if n := len(number); n > 0 {
		if f, ok := map[byte]float64{'k': 1e3, 'K': 1e3, 'M': 1e6, 'G': 1e9, 'B': 1e9, 'T': 1e12}[number[n-1]]; ok {
			number, factor = number[:n-1], f
		}
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(number, "_", ""), 64)
	x *= factor
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return fmt.Errorf("%q is no whole number such as 10000, 250k, 10M or 1.5B", text)
	}
	*c = Count(x)
	return nil
}

// UnmarshalJSON reads a number or a text.
func (c *Count) UnmarshalJSON(text []byte) error {
	return c.UnmarshalText([]byte(strings.Trim(string(text), `"`)))
}

// MarshalJSON writes a plain number.
func (c Count) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, int64(c), 10), nil }

// Duration is a time span as people write it: 45s, 90m, 24h.
type Duration time.Duration

// UnmarshalText reads a duration; 0 needs no unit.
func (d *Duration) UnmarshalText(text []byte) error {
	x, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no time span such as 45s, 90m or 24h", text)
	}
	*d = Duration(x)
	return nil
}

// UnmarshalJSON reads a text.
func (d *Duration) UnmarshalJSON(text []byte) error {
	return d.UnmarshalText([]byte(strings.Trim(string(text), `"`)))
}

// String writes the duration as it is read.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalJSON writes a text.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }
