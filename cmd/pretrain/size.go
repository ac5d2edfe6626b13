package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// size is a number of bytes as people write it: 512MiB, 1GB, 4096.
type size int64

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	number := strings.TrimRight(string(text), "BbiKkMmGgTt")
	factor := 1.0
	switch unit := strings.ToLower(string(text[len(number):])); unit {
	case "", "b":
	case "k", "kib":
		factor = 1 << 10
	case "m", "mib":
		factor = 1 << 20
	case "g", "gib":
		factor = 1 << 30
	case "t", "tib":
		factor = 1 << 40
	case "kb":
		factor = 1e3
	case "mb":
		factor = 1e6
	case "gb":
		factor = 1e9
	case "tb":
		factor = 1e12
	default:
		return fmt.Errorf("%q is no size such as 512MiB or 1GB", text)
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || !(value*factor >= 0 && value*factor < math.MaxInt64/2) {
		return fmt.Errorf("%q is no size such as 512MiB or 1GB", text)
	}
	*s = size(value * factor)
	return nil
}
