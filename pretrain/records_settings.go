package pretrain

import (
	"errors"

	"gobert/data/pretraining/texts"
	"gobert/internal/fault"
)

// accepts names every setting that asks for other examples than the text has: in records pairs and masks are fixed.
func (c *Config) accepts(text texts.Part) error {
	if text == nil || !text.Fixed() {
		return nil
	}
	var faults []error
	usual := Defaults()
	for _, x := range []struct {
		name       string
		now, plain any
		google     string
	}{
		{"short-share", c.ShortShare, usual.ShortShare, "{short-seq-prob}"},
		{"masking", c.Masking, usual.Masking, "{do-whole-word-mask}"},
		{"mask-rate", c.MaskRate, usual.MaskRate, "{masked-lm-prob}"},
		{"max-predictions", c.MaxPredictions, usual.MaxPredictions, "{max-predictions-per-seq}"},
		{"mask-prob", c.MaskProb, usual.MaskProb, ""},
		{"random-prob", c.RandomProb, usual.RandomProb, ""},
		{"static", c.Static, usual.Static, "{dupe-factor}"},
		{"second-length", c.SecondLength, usual.SecondLength, "{max-seq-length}, for a run of its own"},
	} {
		if x.now == x.plain {
			continue // it asks for nothing
		}
		hint := "leave it out"
		if x.google != "" {
			hint += ", or make other records: pretrain data {google} " + x.google
		}
		faults = append(faults, fault.Usage("{"+x.name+"} is %v: the examples of {data} are TFRecords, drawn and masked already", x.now).Advise(hint))
	}
	length, err := text.Longest()
	if err != nil {
		return errors.Join(append(faults, fault.New("{data}: %w", err))...)
	}
	if length > c.Length {
		faults = append(faults, fault.Usage("{seq-length} is %d: the examples of {data} have up to %d tokens", c.Length, length).Advise("{seq-length} %d", length))
	}
	return errors.Join(faults...)
}
