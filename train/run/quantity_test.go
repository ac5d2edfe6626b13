package run

import (
	"encoding/json"
	"testing"
	"time"
)

func TestCountsAndDurations(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "17": 17, "250k": 250000, "1.5M": 1500000, "2B": 2e9, "1e6": 1e6, "10_000": 10000} {
		var c Count
		if err := c.UnmarshalText([]byte(text)); err != nil || int64(c) != want {
			t.Errorf("%s is %d, %v, expected %d", text, c, err, want)
		}
	}
	for _, text := range []string{"", "k", "1.5", "ten", "1e300", "-"} {
		var c Count
		if err := c.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for %d", text, c)
		}
	}
	var d Duration
	if err := d.UnmarshalText([]byte("2 hours")); err == nil {
		t.Error("2 hours is taken")
	}
	text, err := json.Marshal(Duration(90 * time.Minute))
	if err != nil || string(text) != `"1h30m0s"` {
		t.Errorf("a duration is written %s, %v", text, err)
	}
}

func FuzzCount(f *testing.F) {
	for _, text := range []string{"0", "10k", "1.5B", "1e6", "-3", "k", "NaN", "Inf", "1_000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var c, again Count
		if c.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &again); err != nil || again != c {
			t.Errorf("%q is %d, written %s, read again %d, %v", text, c, written, again, err)
		}
	})
}
