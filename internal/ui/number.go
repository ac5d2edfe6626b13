package ui

import (
	"fmt"
	"time"
)

// Count writes a count in at most five characters: 950, 51.2k, 1.23M.
func Count(x float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if x >= unit.size*0.9995 {
			return significant(x/unit.size) + unit.name
		}
	}
	return fmt.Sprintf("%.0f", x)
}

// Bytes writes a size in binary units, in at most five characters.
func Bytes(n int64) string {
	x, units := float64(n), "BKMGT"
	i := 0
	for ; x >= 999.5 && i < len(units)-1; i++ {
		x /= 1024
	}
	if i == 0 {
		return fmt.Sprintf("%.0fB", x)
	}
	return significant(x) + units[i:i+1]
}

// significant writes three digits.
func significant(x float64) string {
	switch {
	case x >= 99.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 9.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// Span writes a time span in at most six characters: 42s, 3m07s, 1h02m, 3d04h.
func Span(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d < 0:
		return "-"
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd%02dh", int(d.Hours())/24, int(d.Hours())%24)
}
