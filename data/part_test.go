package data

import "testing"

func TestParsePart(t *testing.T) {
	for text, want := range map[string]Part{"1/1": {1, 1}, "3/16": {3, 16}, "16/16": {16, 16}} {
		p, err := ParsePart(text)
		if err != nil || p != want || p.String() != text {
			t.Errorf("%s: %v, %v", text, p, err)
		}
	}
	for _, text := range []string{"", "3", "3/", "/3", "0/16", "17/16", "-1/16", "1/0", "a/b", "1/2/3", "1/99999999", "1.5/2"} {
		if p, err := ParsePart(text); err == nil {
			t.Errorf("%q is %v", text, p)
		}
	}
}

// TestPartsAreAllOfIt: every thing is in one part, and parts differ by one at most.
func TestPartsAreAllOfIt(t *testing.T) {
	for _, n := range []int{0, 1, 7, 16, 1000} {
		for of := 1; of <= 17; of++ {
			at := 0
			for number := 1; number <= of; number++ {
				first, end := Part{number, of}.Range(n)
				if size := end - first; first != at || size < n/of || size > n/of+1 {
					t.Errorf("part %d/%d of %d is %d to %d", number, of, n, first, end)
				}
				at = end
			}
			if at != n {
				t.Errorf("%d parts of %d end at %d", of, n, at)
			}
		}
	}
	if first, end := (Part{}).Range(9); first != 0 || end != 9 {
		t.Error("the whole is not all")
	}
	if got := (Part{3, 16}).Name(); got != "03-of-16" {
		t.Error(got)
	}
}
