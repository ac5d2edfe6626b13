package finetune

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gobert/bert"
	"gobert/data"
	"gobert/data/tasks"
	"gobert/data/wordpiece"
	"gobert/heads"
	"gobert/internal/torch"
)

// Embedder turns texts into vectors.
type Embedder struct {
	Model     *bert.Model
	Tokenizer *wordpiece.Tokenizer
	EmbedOptions
	Cut int // texts that were longer so far
}

// EmbedOptions say how. Zero fields are what the model's folder says (sentence-transformers' files), else mean, not
// normalised, and as long as the model can read.
type EmbedOptions struct {
	Pooling   heads.Pooling
	Normalize *bool // to length 1
	MaxLength int
	Device    string
	Compute   string
	Tell      bert.Progress
	Warn      func(message string)
}

// OpenEmbedder opens a model for vectors; a head is left aside.
func OpenEmbedder(ctx context.Context, name string, o EmbedOptions) (*Embedder, error) {
	c, err := bert.Open(ctx, name, o.Tell)
	if err != nil {
		return nil, err
	}
	folder := c.Folder
	t, err := wordpiece.Open(folder)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	m, err := bert.New(c.Config, false)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	report, err := c.Place(m, bert.Options{Device: o.Device, Compute: o.Compute, Warn: o.Warn})
	if err != nil {
		return nil, err
	}
	if len(report.Initialized) > 0 {
		return nil, errors.Join(fmt.Errorf("finetune: %s lacks %s: its vectors would be chance", name, report.Initialized[0]), m.Close())
	}
	e := &Embedder{Model: m, Tokenizer: t, EmbedOptions: o}
	e.settle(folder)
	return e, nil
}

// settle fills in what the folder of a sentence-transformers model says.
func (e *Embedder) settle(folder string) {
	var pooling struct {
		CLS  bool `json:"pooling_mode_cls_token"`
		Mean bool `json:"pooling_mode_mean_tokens"`
		Max  bool `json:"pooling_mode_max_tokens"`
	}
	readJSON(filepath.Join(folder, "1_Pooling", "config.json"), &pooling)
	if e.Pooling == "" {
		switch {
		case pooling.CLS && !pooling.Mean:
			e.Pooling = heads.CLS
		case pooling.Max && !pooling.Mean:
			e.Pooling = heads.Max
		default:
			e.Pooling = heads.Mean
		}
	}
	var sentence struct {
		Length int `json:"max_seq_length"`
	}
	readJSON(filepath.Join(folder, "sentence_bert_config.json"), &sentence)
	if e.MaxLength == 0 {
		e.MaxLength = sentence.Length
	}
	if limit := e.Model.Config.MaxPositions; e.MaxLength == 0 || e.MaxLength > limit {
		e.MaxLength = limit
	}
	if e.Normalize == nil {
		yes := true
		e.Normalize = &yes
	}
}

// readJSON fills into from a file that may be missing.
func readJSON(path string, into any) {
	if text, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(text, into)
	}
}

// Width is the length of a vector.
func (e *Embedder) Width() int { return e.Model.Config.HiddenSize }

// Close frees the model.
func (e *Embedder) Close() error { return e.Model.Close() }

// Stream reads texts from next until io.EOF, and gives the vectors of each batch to use, [B,Width] row by row, in order. It
// holds a few batches at a time, and does not wait for a full one when next gives [tasks.ErrPause]. Texts are cut into tokens
// while the model works on those before.
func (e *Embedder) Stream(ctx context.Context, next func() (string, error), use func(vectors []float32) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	budget := budgetOn(e.Model.Mode().Device)
	type filled struct {
		batch *data.Batch
		err   error
	}
	batches, free := make(chan filled, 2), make(chan *data.Batch, 4)
	go func() {
		defer close(batches)
		for {
			b := new(data.Batch)
			select {
			case b = <-free:
				b.Reset()
			default:
			}
			err := e.fill(ctx, b, budget, next)
			select {
			case batches <- filled{b, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	for f := range batches {
		if f.batch.Len() > 0 {
			vectors, err := e.Batch(f.batch)
			if err == nil {
				err = use(vectors)
			}
			if err != nil {
				return err
			}
		}
		if f.err != nil && !errors.Is(f.err, io.EOF) {
			return f.err
		}
		select {
		case free <- f.batch:
		default:
		}
	}
	return ctx.Err()
}

// fill appends texts until the budget is reached.
func (e *Embedder) fill(ctx context.Context, b *data.Batch, budget int, next func() (string, error)) error {
	special := e.Tokenizer.Special()
	for b.Tokens() < budget {
		text, err := next()
		if errors.Is(err, tasks.ErrPause) {
			if b.Len() > 0 {
				return nil // Somebody may be waiting.
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			continue
		}
		if err != nil {
			return err
		}
		first := b.Begin()
		b.IDs = append(b.IDs, special.Cls)
		b.IDs = e.Tokenizer.AppendIDs(b.IDs, text)
		if last := first + e.MaxLength - 1; len(b.IDs) > last {
			b.IDs = b.IDs[:last]
			e.Cut++
		}
		b.IDs = append(b.IDs, special.Sep)
		for len(b.Types) < len(b.IDs) {
			b.Types = append(b.Types, 0)
		}
		b.End()
	}
	return nil
}

// Batch gives the vectors of a batch, [B,Width] row by row. Means and maxima are taken here, over the packed rows: no padding
// is ever made.
func (e *Embedder) Batch(b *data.Batch) ([]float32, error) {
	width := e.Width()
	out := make([]float32, b.Len()*width)
	err := torch.Do(e.Model.Mode(), func(p *torch.Pass) error {
		in, err := e.Model.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets, Round: true})
		if err != nil {
			return err
		}
		if e.Pooling == heads.CLS {
			torch.ToSlice(e.Model.Firsts(p, in), out)
			return nil
		}
		states := torch.Values[float32](e.Model.Forward(p, in, bert.Want{}).Last)
		for i := range b.Len() {
			pool(e.Pooling, states[int(b.Offsets[i])*width:int(b.Offsets[i+1])*width], out[i*width:(i+1)*width])
		}
		return nil
	})
	if err == nil && *e.Normalize {
		for i := 0; i < len(out); i += width {
			normalize(out[i : i+width])
		}
	}
	return out, err
}
