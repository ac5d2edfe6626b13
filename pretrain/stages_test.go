package pretrain

import (
	"fmt"
	"testing"

	"gobert/data"
	"gobert/data/pretraining/texts"
)

func TestStagesOfARun(t *testing.T) {
	c, err := parsed(t, "--data", "d", "--out", "o", "--steps", "100", "--batch", "64", "--ramp-from", "8", "--ramp-share", "0.4", "--second-length", "512")
	if err != nil {
		t.Fatal(err)
	}
	list := c.stages()
	for _, x := range []struct {
		progress          float64
		sequences, length int
	}{{0, 8, 128}, {0.051, 15, 128}, {0.39, 57, 128}, {0.41, 64, 128}, {0.89, 64, 128}, {0.9, 16, 512}, {1, 16, 512}} {
		s := list[at(list, x.progress)]
		if s.sequences != x.sequences || s.length != x.length {
			t.Errorf("at %v: %d sequences of %d, expected %d of %d", x.progress, s.sequences, s.length, x.sequences, x.length)
		}
	}
}

// TestMeasuredOnTheLongerPhase: held-out sequences are like those that most of the run learns from.
func TestMeasuredOnTheLongerPhase(t *testing.T) {
	for _, x := range []struct {
		flags             []string
		length, sequences int
	}{
		{nil, 128, 32},
		{[]string{"--second-length", "512", "--second-share", "0.1"}, 128, 32},
		{[]string{"--seq-length", "16", "--batch", "256", "--second-length", "128", "--second-share", "0.8"}, 128, 32},
		{[]string{"--seq-length", "16", "--batch", "0", "--batch-tokens", "2048", "--second-length", "64", "--second-share", "0.8"}, 64, 32},
	} {
		c, err := parsed(t, append([]string{"--data", "d", "--out", "o", "--steps", "100"}, x.flags...)...)
		if err != nil {
			t.Fatal(err)
		}
		if length, sequences := c.measured(); length != x.length || sequences != x.sequences {
			t.Errorf("%q: measured on %d sequences of %d, expected %d of %d", x.flags, sequences, length, x.sequences, x.length)
		}
	}
}

// TestFeedGoesOnFromAnyBatch: stages and phases change the loader; the batches behind a cursor must not depend on who asks.
func TestFeedGoesOnFromAnyBatch(t *testing.T) {
	text, err := texts.Open(texts.Options{Data: newCorpus(t, 40)})
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	v, err := texts.Vocabulary(text.Tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parsed(t, "--data", "d", "--out", "o", "--steps", "60", "--seq-length", "16", "--batch", "12", "--ramp-from", "3", "--ramp-share", "0.5",
		"--second-length", "32", "--second-share", "0.3", "--workers", "2")
	if err != nil {
		t.Fatal(err)
	}
	const steps = 60
	type delivered struct {
		text   string
		cursor Cursor
	}
	run := func(from int, cursor *Cursor) []delivered {
		step := from
		f, err := newFeed(t.Context(), &c, text.Train, v, func() float64 { return float64(step) / steps })
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if cursor != nil {
			f.start(*cursor)
		}
		var list []delivered
		for ; step < steps; step++ {
			b, behind, err := f.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, delivered{describe(b), behind})
			f.Release(b)
		}
		return list
	}
	whole := run(0, nil)
	for from := 1; from < steps; from += 7 {
		rest := run(from, &whole[from-1].cursor)
		for i, d := range rest {
			if d != whole[from+i] {
				t.Fatalf("resumed at %d, batch %d is another one:\n%+v\n%+v", from, from+i, d, whole[from+i])
			}
		}
	}
	if last := whole[steps-1].cursor; last.Phase != 1 || last.Before <= 0 {
		t.Errorf("the last cursor is %+v, expected one of the second phase", last)
	}
}

func describe(b *data.Batch) string {
	return fmt.Sprint(b.IDs, b.Types, b.Offsets, b.MaskedRows, b.Next)
}
