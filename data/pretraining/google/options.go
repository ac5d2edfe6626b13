package google

import (
	"errors"
	"fmt"
)

// Options are the flags of the original script; [Defaults] are its own.
type Options struct {
	Seed           int64   `json:"random_seed"`
	LowerCase      bool    `json:"do_lower_case"`
	WholeWords     bool    `json:"do_whole_word_mask"`
	Length         int     `json:"max_seq_length"`
	MaxPredictions int     `json:"max_predictions_per_seq"`
	Duplicates     int     `json:"dupe_factor"`
	MaskRate       float64 `json:"masked_lm_prob"`
	ShortProb      float64 `json:"short_seq_prob"`
}

// Defaults returns the defaults of the original's flags.
func Defaults() Options {
	return Options{
		Seed: 12345, LowerCase: true, Length: 128, MaxPredictions: 20, Duplicates: 10,
		MaskRate: 0.15, ShortProb: 0.1,
	}
}

// Validate returns all faults of the options, joined.
func (o Options) Validate() error {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("google: "+format, args...))
		}
	}
	fault(o.Length < 5, "length is %d, expected at least 5", o.Length)
	fault(o.MaxPredictions < 1, "at most %d predictions, expected 1 or more", o.MaxPredictions)
	fault(o.Duplicates < 1, "%d duplicates, expected 1 or more", o.Duplicates)
	fault(!(o.MaskRate >= 0 && o.MaskRate <= 1), "mask rate is %v, expected 0 to 1", o.MaskRate)
	fault(!(o.ShortProb >= 0 && o.ShortProb <= 1), "short sequence probability is %v, expected 0 to 1", o.ShortProb)
	return errors.Join(faults...)
}
