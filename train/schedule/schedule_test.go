package schedule

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// TestSchedulesEqualTransformers compares every step of short runs, by steps and by progress, with the golden rates.
func TestSchedulesEqualTransformers(t *testing.T) {
	text, err := os.ReadFile("testdata/schedule.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Settings Schedule
		Total    int64
		Rates    []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 200 {
		t.Fatalf("only %d golden cases", len(cases))
	}
	for _, c := range cases {
		if err := c.Settings.Validate(); err != nil {
			t.Errorf("%+v: %v", c.Settings, err)
		}
		for i, want := range c.Rates {
			step := int64(i)
			progress := float64(step) / float64(c.Total)
			scale := want
			if c.Settings.Kind == Cosine || c.Settings.Decay == Cosine {
				scale = c.Settings.Peak // 1 + cos: C's cosine and Go's may differ in their last bit
			}
			if got := c.Settings.Rate(step, c.Total, progress); math.Abs(got-want) > 4e-16*scale {
				t.Errorf("%+v, %d steps: rate of step %d is %v, want %v", c.Settings, c.Total, step, got, want)
			}
			// Near the end a rate is a difference of numbers near 1, so the scale is the peak.
			if got := c.Settings.Rate(step, 0, progress); math.Abs(got-want) > 1e-6*c.Settings.Peak {
				t.Errorf("%+v, %d steps: rate at progress %v is %v, want %v", c.Settings, c.Total, progress, got, want)
			}
		}
	}
}

// TestProgress covers runs whose end is no number of steps.
func TestRateOverProgress(t *testing.T) {
	tests := map[string]struct {
		settings    Schedule
		step, total int64
		progress    float64
		want        float64
	}{
		"begins at 0 with a share":            {Schedule{Peak: 1, WarmupShare: 0.1}, 0, 0, 0, 0},
		"half the warm-up share":              {Schedule{Peak: 1, WarmupShare: 0.1}, 3, 0, 0.05, 0.5},
		"peak at the end of the share":        {Schedule{Peak: 1, WarmupShare: 0.25}, 3, 0, 0.25, 1},
		"half of the decay":                   {Schedule{Peak: 1, WarmupShare: 0.5}, 3, 0, 0.75, 0.5},
		"ends at 0":                           {Schedule{Peak: 1, WarmupShare: 0.1}, 9, 0, 1, 0},
		"ends at the floor":                   {Schedule{Peak: 1, Floor: 0.25, WarmupSteps: 2}, 9, 0, 1, 0.25},
		"steps of warm-up, no total":          {Schedule{Peak: 1, WarmupSteps: 4}, 2, 0, 0.5, 0.5},
		"decay after steps of warm-up":        {Schedule{Peak: 1, WarmupSteps: 4}, 8, 0, 0.75, 0.4},
		"no warm-up begins at the peak":       {Schedule{Peak: 1}, 0, 0, 0, 1},
		"the clock is nearer than the steps":  {Schedule{Peak: 1}, 10, 100, 0.9, 0.1},
		"the steps are nearer than the clock": {Schedule{Peak: 1}, 90, 100, 0.9, 0.1},
		"ended by the clock":                  {Schedule{Peak: 1, WarmupSteps: 5}, 50, 100, 1, 0},
		"share of known steps rounds up":      {Schedule{Peak: 1, WarmupShare: 0.15}, 1, 10, 0.1, 0.5},
		"trapezoid before its decay":          {Schedule{Kind: WSD, Peak: 1, WarmupShare: 0.1}, 50, 0, 0.5, 1},
		"trapezoid in its decay":              {Schedule{Kind: WSD, Peak: 1, Decay: Linear}, 90, 0, 0.9, 0.5},
		"progress beyond the end":             {Schedule{Peak: 1}, 5, 0, 7, 0},
		"steps beyond the end":                {Schedule{Kind: Cosine, Peak: 1, Floor: 0.5}, 500, 100, 1, 0.5},
		"one step with a warm-up share":       {Schedule{Peak: 1, WarmupShare: 0.1}, 1, 1, 1, 0},
	}
	for name, c := range tests {
		if got := c.settings.Rate(c.step, c.total, c.progress); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestValidate wants all faults of bad settings, and none of good ones.
func TestValidate(t *testing.T) {
	tests := []struct {
		settings Schedule
		total    int64
		want     []string
	}{
		{Schedule{Peak: 1e-4, WarmupShare: 0.1}, 100, nil},
		{Schedule{Kind: WSD, Peak: 1e-4, WarmupSteps: 10, DecaySteps: 20, Decay: Cosine}, 100, nil},
		{Schedule{Kind: "wave", Peak: -1, Floor: -2, WarmupSteps: -3, Power: -1}, 0, []string{
			`kind is "wave"`, "peak learning rate is -1", "floor of the learning rate is -2", "warm-up is -3 steps", "power",
		}},
		{Schedule{Kind: WSD, Peak: math.NaN(), Floor: math.NaN(), WarmupShare: math.NaN(), DecayShare: math.NaN()}, 0, []string{
			"peak learning rate is NaN", "floor of the learning rate is NaN", "warm-up is NaN", "decay is NaN",
		}},
		{Schedule{Peak: 1e-4, Floor: 1e-3, WarmupSteps: 5, WarmupShare: 0.5, Power: 2}, 0, []string{"above its peak", "given twice", "a power is given"}},
		{Schedule{Peak: 1, WarmupShare: 1}, 0, []string{"from 0 to below 1"}},
		{Schedule{Peak: 1, WarmupSteps: 100}, 100, []string{"as long as the whole run of 100"}},
		{Schedule{Kind: WSD, Peak: 1, WarmupSteps: 60, DecaySteps: 60}, 100, []string{"more than the whole run of 100"}},
		{Schedule{Kind: WSD, Peak: 1, WarmupShare: 0.6, DecayShare: 0.6}, 0, []string{"more than the whole run"}},
		{Schedule{Kind: WSD, Peak: 1, DecaySteps: 3, DecayShare: 0.6, Decay: WSD}, 0, []string{"given twice", `decay is "wsd"`}},
		{Schedule{Peak: 1, DecaySteps: -3}, 0, []string{"decay is -3 steps", "decays all the time"}},
	}
	for _, c := range tests {
		err := c.settings.ValidateFor(c.total)
		var faults []string
		if err != nil {
			faults = strings.Split(err.Error(), "\n")
		}
		if len(faults) != len(c.want) {
			t.Errorf("%+v: faults %q, want %d", c.settings, faults, len(c.want))
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(faults[i], want) {
				t.Errorf("%+v: fault %q, want %q in it", c.settings, faults[i], want)
			}
		}
	}
}

// TestBounds draws many runs: a rate is never above the peak, below 0, or not a number.
func TestBounds(t *testing.T) {
	for _, kind := range Curves() {
		for _, total := range []int64{0, 1, 2, 50} {
			for _, warm := range []int64{0, 1, 7, 49} {
				s := Schedule{Kind: kind, Peak: 2, WarmupSteps: warm}
				for step := range int64(60) {
					for _, progress := range []float64{0, 1e-9, float64(step) / 50, 1} {
						if rate := s.Rate(step, total, progress); !(rate >= 0 && rate <= 2) {
							t.Fatalf("%+v: step %d of %d at %v: %v", s, step, total, progress, rate)
						}
					}
				}
			}
		}
	}
}
