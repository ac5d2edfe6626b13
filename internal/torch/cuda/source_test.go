package cuda

import (
	"strings"
	"testing"
)

// TestSourcesAreWhole: a unit's text holds each file that it includes once, and no include is left.
func TestSourcesAreWhole(t *testing.T) {
	for _, unit := range Units {
		text := source(unit)
		if strings.Contains(text, "#include") {
			t.Errorf("%s: an include is left", unit)
		}
		for _, once := range []string{"struct NormForward {", "INLINED float warp_sum(float x) {"} {
			if n := strings.Count(text, once); n != 1 {
				t.Errorf("%s holds %q %d times", unit, once, n)
			}
		}
		if n := strings.Count(text, "\nGOBERT_"); n == 0 {
			t.Errorf("%s defines no kernel", unit)
		}
	}
}
