package wordpiece

import "testing"

func TestFitPair(t *testing.T) {
	for _, test := range [][5]int{ // lengths, limit, what they become
		{3, 4, 10, 3, 4},
		{20, 3, 10, 7, 3},
		{3, 20, 10, 3, 7},
		{20, 20, 10, 5, 5},
		{20, 20, 11, 5, 6},
		{21, 20, 11, 6, 5},
		{0, 20, 10, 0, 10},
	} {
		if n, m := FitPair(test[0], test[1], test[2]); n != test[3] || m != test[4] {
			t.Errorf("%v: got %d and %d", test, n, m)
		}
	}
}
