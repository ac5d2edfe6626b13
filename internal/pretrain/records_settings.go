package pretrain

import (
	"errors"
	"fmt"
)

// accepts names every setting that asks for other examples than records hold: pairs and masks are fixed in them.
func (r *records) accepts(c *Config) error {
	d := c.Data
	var f faults
	for _, x := range []struct {
		flag       string
		now, plain any // plain: the flag's default, which asks for nothing
		google     string
	}{
		{"short-share", d.ShortShare, 0.1, "--short-seq-prob"},
		{"masking", d.Masking, "tokens", "--do-whole-word-mask"},
		{"mask-rate", d.MaskRate, 0.15, "--masked-lm-prob"},
		{"max-predictions", d.MaxPredictions, 0, "--max-predictions-per-seq"},
		{"mask-prob", d.MaskProb, 0.8, ""},
		{"random-prob", d.RandomProb, 0.1, ""},
		{"static", d.Static, 0, "--dupe-factor"},
		{"second-length", c.SecondLength, 0, "--max-seq-length, for a run of its own"},
	} {
		hint := "leave it out"
		if x.google != "" {
			hint += ", or make other records: pretrain data --google " + x.google
		}
		f.add(x.now != x.plain, "--%s is %v: the examples of --data are TFRecords, drawn and masked already (hint: %s)", x.flag, x.now, hint)
	}
	length, err := r.Length(r.from)
	if err != nil {
		return errors.Join(append(f, fmt.Errorf("--data: %w", err))...)
	}
	f.add(length > c.Length, "--seq-length is %d: the examples of --data have up to %d tokens (hint: --seq-length %[2]d)", c.Length, length)
	return errors.Join(f...)
}
