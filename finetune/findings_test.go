package finetune

import (
	"gobert/task"
)

import "testing"

func TestWhatWasMeasuredOnIsSaid(t *testing.T) {
	for want, f := range map[string]task.Findings{
		"dev texts that it was not trained on":                   {Examples: 240},
		"240 dev texts, of which 8 are in the training data too": {Examples: 240, Seen: 8},
	} {
		if got := measuredOn(&f); got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
}
