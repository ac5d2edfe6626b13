package pretrain

import (
	"context"
	"runtime"

	"gobert/data"
	"gobert/data/pretraining"
	"gobert/data/pretraining/texts"
	"gobert/internal/fault"
)

// Cursor is a place between two batches of a run.
type Cursor struct {
	Phase  int     `json:"phase"`
	Before float64 `json:"before,omitempty"` // epochs of the phases before
	data.Cursor
}

// feed gives the batches of all stages. Which stage it is follows from the progress of the run alone, so that a run that
// goes on from a cursor gets the batches of one never stopped.
type feed struct {
	ctx      context.Context
	sources  []data.Source[*data.Batch] // by phase
	stages   []stage
	options  data.LoaderOptions
	progress func() float64

	loader *data.Loader[*data.Batch]
	stage  int // of the loader
	cursor Cursor
}

// newFeed prepares the sources; progress is asked before every batch.
func newFeed(ctx context.Context, c *Config, corpus texts.Part, v pretraining.Vocabulary, progress func() float64) (*feed, error) {
	f := &feed{ctx: ctx, stages: c.stages(), progress: progress, stage: -1, options: data.LoaderOptions{
		Seed: c.Seed, Shuffle: data.Shuffle(c.Shuffle), Buffer: c.ShuffleBuffer, Bucket: c.Bucket, Workers: workers(c.Workers), Prefetch: 3,
	}}
	for phase := range f.stages[len(f.stages)-1].phase + 1 {
		source, err := corpus.Examples(v, c.drawing(phase))
		if err != nil {
			return nil, fault.New("{data}: %w", err)
		}
		f.sources = append(f.sources, source)
	}
	return f, nil
}

// workers draw a few thousand sequences a second each: one serves two cores of a CPU that trains, and eight a GPU.
func workers(asked int) int {
	if asked > 0 {
		return asked
	}
	return min(max(1, runtime.NumCPU()/2), 8)
}

// drawing gives the options of a phase's examples. Phases have seeds of their own: the second does not repeat the first.
func (c *Config) drawing(phase int) pretraining.Options {
	o := pretraining.Defaults(c.Length)
	if phase == 1 {
		o = pretraining.Defaults(c.SecondLength)
	}
	o.Seed = c.Seed + uint64(phase)<<32
	o.ShortProb, o.NextSentence, o.Masking = c.ShortShare, c.NSP, pretraining.Masking(c.Masking)
	o.MaskRate, o.MaskProb, o.RandomProb, o.Static = c.MaskRate, c.MaskProb, c.RandomProb, c.Static
	o.MaxPredictions = c.MaxPredictions
	if o.MaxPredictions == 0 {
		o.MaxPredictions = max(1, int(c.MaskRate*float64(o.Length)+0.999))
	}
	return o
}

// start says where the feed begins.
func (f *feed) start(c Cursor) { f.cursor = c }

// Next gives the next batch and the place behind it.
func (f *feed) Next(ctx context.Context) (*data.Batch, Cursor, error) {
	if want := at(f.stages, f.progress()); f.loader == nil || want != f.stage {
		if err := f.enter(want); err != nil {
			return nil, Cursor{}, err
		}
	}
	batch, behind, err := f.loader.Next(ctx)
	if err != nil {
		return nil, Cursor{}, err
	}
	f.cursor.Cursor = behind
	return batch, f.cursor, nil
}

// enter begins a stage where the one before ended, or a new phase from its first example.
func (f *feed) enter(number int) error {
	f.Close()
	s := f.stages[number]
	if s.phase != f.cursor.Phase {
		f.cursor = Cursor{Phase: s.phase, Before: f.epochs()}
	}
	o := f.options
	o.Sequences, o.Tokens, o.Start = s.sequences, s.tokens, f.cursor.Cursor
	var err error
	f.loader, err = data.NewLoader(f.ctx, f.sources[s.phase], o)
	f.stage = number
	return err
}

// epochs is how many times the run has gone through the corpus.
func (f *feed) epochs() float64 {
	done := f.cursor.Before + float64(f.cursor.Epoch)
	if f.cursor.Index > 0 {
		n, err := f.sources[f.cursor.Phase].Len(f.cursor.Epoch)
		if err == nil && n > 0 {
			done += float64(f.cursor.Index) / float64(n)
		}
	}
	return done
}

// Release gives a batch back.
func (f *feed) Release(b *data.Batch) {
	if f.loader != nil {
		f.loader.Release(b)
	}
}

// Close ends the loader's goroutines.
func (f *feed) Close() {
	if f.loader != nil {
		f.loader.Close()
		f.loader = nil
	}
}

// largest draws the largest batches that the run will have: of each phase, one of its last stage.
func (f *feed) largest() ([]*data.Batch, error) {
	var batches []*data.Batch
	for i, s := range f.stages {
		if i+1 < len(f.stages) && f.stages[i+1].phase == s.phase {
			continue
		}
		b, err := drawBatch(f.sources[s.phase], s.sequences, s.tokens)
		if err != nil {
			return nil, err
		}
		batches = append(batches, b)
	}
	return batches, nil
}

// drawBatch draws one batch from the beginning of a source.
func drawBatch(source data.Source[*data.Batch], sequences, tokens int) (*data.Batch, error) {
	n, err := source.Len(0)
	if err != nil {
		return nil, err
	}
	b, one := source.NewBatch(), source.NewBatch()
	for i := range n {
		one.Reset()
		if err := source.Append(one, 0, i); err != nil {
			return nil, err
		}
		if b.Len() > 0 && (sequences > 0 && b.Len() == sequences || tokens > 0 && b.Tokens()+one.Tokens() > tokens) {
			break
		}
		b.AppendSequence(one, 0)
	}
	return b, nil
}
