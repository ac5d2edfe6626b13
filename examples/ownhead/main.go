// Ownhead trains a network, a loss and batches of its own with the engine that pretrains and fine-tunes: texts that belong
// together get vectors that are near each other. It saves what it trained, opens it again, and uses it.
//
//	go run ./ownhead run pairs.tsv matcher
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"

	"gobert/bert"
	"gobert/data/wordpiece"
	"gobert/train"
)

const size = 16 // pairs of a batch

// Feed gives batches of pairs, over and over. Its cursor is the number of the batch, which is all that a resumed run needs.
type Feed struct {
	pairs     [][2]string
	tokenizer *wordpiece.Tokenizer
	at        int
}

// Next gives a batch: the first texts of some pairs, then their second ones.
func (f *Feed) Next(context.Context) (*wordpiece.Packed, int, error) {
	var first, second []wordpiece.Input
	for i := range size {
		pair := f.pairs[(f.at*size+i)%len(f.pairs)]
		first, second = append(first, wordpiece.Text(pair[0])), append(second, wordpiece.Text(pair[1]))
	}
	f.at++
	b, err := f.tokenizer.EncodePacked(append(first, second...), false, wordpiece.EncodeOptions{MaxLength: 64})
	return b, f.at, err
}

// Release has nothing to do: batches are not used again.
func (f *Feed) Release(*wordpiece.Packed) {}

// fit trains a matcher on pairs of texts.
func fit(ctx context.Context, m *Matcher, feed *Feed, folder string) error {
	t, err := train.New[*wordpiece.Packed, int](Matching{m}, train.Settings{
		Steps: 60, Seed: 1, Compute: "fp32", Optimizer: train.DefaultOptimizer(), Accumulate: 1, LogEvery: 20, Keep: 1, Output: folder,
	})
	if err != nil {
		return err
	}
	schedule := train.Schedule{Peak: 5e-4, WarmupShare: 0.1}
	t.Rate = func(step int64, progress float64) float64 { return schedule.Rate(step, t.Steps, progress) }
	t.Reporter = train.OnStep(func(r train.StepReport) { fmt.Printf("step %d of %d: loss %.2f\n", r.Step, r.Steps, r.Values[0].Value) })
	t.SetFeed(feed)
	return errors.Join(t.Run(ctx), t.Close())
}

// hits counts the texts of a batch whose partner is the nearest of all.
func hits(m *Matcher, b *wordpiece.Packed) (n int, err error) {
	err = bert.Do(m.Bert.Mode(), func(p *bert.Pass) error {
		vectors, err := m.Vectors(p, b)
		if err != nil {
			return err
		}
		half := int64(size)
		scores := p.Matmul(p.Narrow(vectors, 0, 0, half), p.Transpose(p.Narrow(vectors, 0, half, half), 0, 1))
		for i, nearest := range bert.Values[int64](p.ArgMax(scores, 1)) {
			if int(nearest) == i {
				n++
			}
		}
		return nil
	})
	return n, err
}

func run(ctx context.Context, folder, file, out string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	tokenizer, err := wordpiece.Open(folder)
	if err != nil {
		return err
	}
	feed := &Feed{tokenizer: tokenizer}
	for line := range strings.Lines(string(text)) {
		if a, b, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			feed.pairs = append(feed.pairs, [2]string{a, b})
		}
	}
	if len(feed.pairs) == 0 {
		return fmt.Errorf("%s: expected lines of two texts with a tab between them", file)
	}
	m, err := OpenMatcher(ctx, folder)
	if err != nil {
		return err
	}
	defer m.Bert.Close()
	if err := fit(ctx, m, feed, out+".run"); err != nil {
		return err
	}
	if err := errors.Join(bert.Save(m, out, bert.SaveOptions{}), tokenizer.Save(out)); err != nil {
		return err
	}
	again, err := OpenMatcher(ctx, out)
	if err != nil {
		return err
	}
	defer again.Bert.Close()
	feed.at = 0
	batch, _, err := feed.Next(ctx)
	if err != nil {
		return err
	}
	n, err := hits(again, batch)
	fmt.Printf("%s: %d of %d texts are nearest to their partner\n", out, n, size)
	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) != 4 {
		log.Fatal("usage: ownhead MODEL PAIRS.tsv OUT")
	}
	if err := run(ctx, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}
