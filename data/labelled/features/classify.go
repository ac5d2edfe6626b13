package features

import (
	"fmt"
	"math"
	"strconv"

	"gobert/data/labelled"
)

type classifier struct {
	frame
	labels *labelled.Labels
}

// NewClassifier encodes texts and pairs: [CLS] text [SEP] or [CLS] text [SEP] pair [SEP], cut as transformers'
// longest_first does. labels may be nil for prediction.
func NewClassifier(t Tokenizer, labels *labelled.Labels, o Options) (Encoder, error) {
	least := leastSingle
	if labels != nil {
		least = leastLength
	}
	f, err := newFrame(t, o, defaultLength, least)
	if err != nil {
		return nil, err
	}
	return &classifier{f, labels}, nil
}

// Kind is labelled.Classify.
func (c *classifier) Kind() labelled.Kind { return labelled.Classify }

// Clone returns an encoder for another goroutine.
func (c *classifier) Clone() Encoder { return &classifier{c.clone(), c.labels} }

// Append encodes a text or a pair.
func (c *classifier) Append(b *Batch, e *labelled.Example) error {
	if err := c.label(b, e); err != nil {
		return err
	}
	c.a = c.tokenizer.AppendIDs(c.a[:0], e.Text)
	example, cut := b.nextExample(), false
	if e.HasPair {
		c.b = c.tokenizer.AppendIDs(c.b[:0], e.Pair)
		cut = c.pair(b, c.a, c.b)
	} else {
		cut = c.single(b, c.a)
	}
	if cut {
		c.cut++
	}
	b.mark(example)
	return nil
}

// label appends the target, before anything else, so that a fault leaves nothing behind.
func (c *classifier) label(b *Batch, e *labelled.Example) error {
	if c.labels == nil {
		return nil
	}
	switch c.labels.Problem {
	case labelled.Regression:
		b.Width = 1
		if !e.Labelled {
			b.Targets = append(b.Targets, float32(math.NaN()))
			return nil
		}
		x, err := labelled.Number(e.Origin, e.Label())
		if err != nil {
			return err
		}
		b.Targets = append(b.Targets, float32(x))
	case labelled.Multi:
		return c.several(b, e)
	default:
		class := int32(Ignored)
		if e.Labelled {
			if len(e.Labels) != 1 {
				return labelled.Fault(e.Origin, "the row has %d labels, expected one", len(e.Labels))
			}
			i, err := c.labels.Class(e.Origin, e.Labels[0])
			if err != nil {
				return err
			}
			class = int32(i)
		}
		b.Classes = append(b.Classes, class)
	}
	return nil
}

// several appends 0 or 1 for each label.
func (c *classifier) several(b *Batch, e *labelled.Example) error {
	b.Width = c.labels.Len()
	begin := len(b.Targets)
	missing := float32(0)
	if !e.Labelled {
		missing = float32(math.NaN())
	}
	for range b.Width {
		b.Targets = append(b.Targets, missing)
	}
	for _, name := range e.Labels {
		i, err := c.labels.Class(e.Origin, name)
		if err != nil {
			b.Targets = b.Targets[:begin]
			return err
		}
		b.Targets[begin+i] = 1
	}
	return nil
}

type chooser struct{ frame }

// NewChooser encodes a prompt with each of its choices as a pair; all examples have the same number of choices.
func NewChooser(t Tokenizer, o Options) (Encoder, error) {
	f, err := newFrame(t, o, defaultLength, leastLength)
	if err != nil {
		return nil, err
	}
	return &chooser{f}, nil
}

// Kind is labelled.Choice.
func (c *chooser) Kind() labelled.Kind { return labelled.Choice }

// Clone returns an encoder for another goroutine.
func (c *chooser) Clone() Encoder { return &chooser{c.clone()} }

// Append encodes as many sequences as there are choices.
func (c *chooser) Append(b *Batch, e *labelled.Example) error {
	if len(e.Choices) < 2 || b.Choices > 0 && b.Len() > 0 && len(e.Choices) != b.Choices {
		return labelled.Fault(e.Origin, "the example has %d choices, expected %s", len(e.Choices), c.expected(b))
	}
	class := int32(Ignored)
	if e.Labelled {
		n, err := strconv.Atoi(e.Label())
		if err != nil || n < 0 || n >= len(e.Choices) {
			return labelled.Fault(e.Origin, "the right choice is %q, expected a number from 0 to %d", e.Label(), len(e.Choices)-1)
		}
		class = int32(n)
	}
	example, cut := b.nextExample(), false
	b.Choices = len(e.Choices)
	c.a = c.tokenizer.AppendIDs(c.a[:0], e.Text)
	for _, choice := range e.Choices {
		c.b = c.tokenizer.AppendIDs(c.b[:0], choice)
		cut = c.pair(b, c.a, c.b) || cut
	}
	if cut {
		c.cut++
	}
	b.Classes = append(b.Classes, class)
	b.mark(example)
	return nil
}

func (c *chooser) expected(b *Batch) string {
	if b.Choices > 0 && b.Len() > 0 {
		return fmt.Sprintf("%d as the examples before it", b.Choices)
	}
	return "at least 2"
}
