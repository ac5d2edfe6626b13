package pretrain

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"gobert/data"
	"gobert/data/pretraining"
	"gobert/data/pretraining/texts"
	"gobert/heads"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/pipeline"
	"gobert/task"
	"gobert/train"
	"gobert/train/run"
)

// Outcome is how a run ended.
type Outcome struct {
	State    train.State
	Measured []train.Value // the last evaluation
	Label    string        // of the text that it was made on: "held out", or that it was not
	Baseline Baseline
	Rank     int // of the process; only 0 has measured, and has a folder
}

// training is a run of pretraining while it goes.
type training struct {
	*run.Run[*data.Batch, Cursor]
	config   *Config
	texts    *texts.Texts
	kept     kept // of the texts
	vocab    pretraining.Vocabulary
	network  *heads.Pretraining
	task     *task.Pretraining
	feed     *feed
	held     []*data.Batch
	baseline Baseline
	measured []train.Value // the last evaluation
}

// Train runs a configuration to its end, or to the end of the context, which saves a checkpoint and gives [train.ErrInterrupted].
// Faults of the configuration and of what it names come back all at once before the first step; [train.ErrUsage] is in their chain
// where a setting is wrong.
func Train(ctx context.Context, c *Config, talk train.Talk) (Outcome, error) {
	r, err := run.Claim[*data.Batch, Cursor](&c.Config, talk)
	if err != nil {
		return Outcome{}, err
	}
	t := &training{Run: r, config: c, texts: &texts.Texts{}}
	var out Outcome
	err = t.Do(ctx, t.open, t.same, t.meet, t.assemble, t.rehearse, t.begin, func(ctx context.Context) error {
		defer func() { out.State = t.Trainer.State() }()
		return t.Train(ctx)
	})
	out.Measured, out.Label, out.Baseline, out.Rank = t.measured, t.texts.Label(), t.baseline, r.Rank()
	return out, err
}

// open opens what the configuration names and finds all faults at once.
func (t *training) open(ctx context.Context) (err error) {
	c := t.config
	faults := []error{c.Check(), errors.Join(c.Prepare(t.Talk.Log), t.Resolve())}
	if c.Out != "" {
		faults = append(faults, t.Find())
	}
	if c.Data != "" {
		t.texts, err = texts.Open(c.text())
		t.Defer(t.texts.Close)
		faults = append(faults, err, c.accepts(t.texts.Train))
	}
	if t.texts.Tokenizer != nil {
		t.vocab, err = texts.Vocabulary(t.texts.Tokenizer)
		faults = append(faults, err, t.model(ctx))
	}
	return errors.Join(faults...)
}

// assemble makes the trainer, the feed and the held-out batches.
func (t *training) assemble(ctx context.Context) error {
	c := t.config
	if err := train.Freeze(t.network, c.Freeze); err != nil {
		return err
	}
	if c.CUDAGraphs == "on" && !t.Device.IsCUDA() {
		t.Talk.Log.Warn("the run is not on a GPU", "so", fault.New("{cuda-graphs} on does nothing here"))
	}
	s := c.Settings()
	s.Graphs = train.Graphs(c.CUDAGraphs)
	s.Best, s.BestIsLow, s.Device = "loss", true, t.Device
	t.task = &task.Pretraining{Model: t.network}
	if err := t.Prepare(t.task, s, run.Begun{Kind: run.Pretraining, Settings: c.absolute(), Data: t.kept}); err != nil {
		return err
	}
	var err error
	if t.feed, err = newFeed(ctx, c, t.texts.Train, t.vocab, t.Trainer.Progress); err != nil {
		return fault.Usage("%w", err)
	}
	t.Defer(func() error { t.feed.Close(); return nil })
	if cursor, ok := t.Trainer.Cursor(); ok {
		t.feed.start(cursor)
	}
	t.Trainer.SetFeed(t.batches())
	if c.Epochs > 0 {
		t.Trainer.Share = func() float64 { return t.feed.epochs() / c.Epochs }
	}
	return t.hold()
}

// meet waits for the other ranks.
func (t *training) meet(ctx context.Context) error {
	return t.Meet(ctx, t.config, sumsOf(t.kept))
}

// batches are the feed, or this rank's parts of it.
func (t *training) batches() train.Feed[*data.Batch, Cursor] {
	n := t.Trainer.Team
	if n == nil {
		return t.feed
	}
	return data.NewCut(t.feed, t.config.Accumulate, n.Parts(), n.First(), n.Own(), func() *data.Batch { return &data.Batch{} })
}

// hold draws the held-out batches and the baseline.
func (t *training) hold() error {
	c := t.config
	if t.texts.Heldout == nil {
		t.Talk.Log.Warn("nothing is held out: the model is measured on the text it learns")
	}
	length, batch := c.measured()
	var err error
	if t.held, err = heldout(t.texts.Evaluation(), t.vocab, length, c.NSP, c.EvaluateSequences, batch); err != nil {
		return fault.Usage("{data}: %w", err)
	}
	t.baseline = unigram(t.texts.Train, t.vocab.Size, t.texts.Tokenizer.Token, t.held)
	return nil
}

// begin writes what a run's folder begins with, and says what is to be measured and shown.
func (t *training) begin(context.Context) error {
	c := t.config
	if !t.Leads() {
		t.Trainer.Evaluate = t.ByRank0
		return nil
	}
	if err := disk.Write(filepath.Join(c.Out, run.ConfigFile), append(c.json(), '\n')); err != nil {
		return err
	}
	peak, err := run.FindPeak(t.Device, t.Compute)
	if err != nil {
		return err
	}
	if err := t.Begin(run.View{On: t.texts.Label(), Step: measures(c.NSP), Held: heldMeasures(), Peak: peak}); err != nil {
		return err
	}
	if t.measured, err = run.LastMeasured(c.Out); err != nil {
		return err
	}
	t.introduce(peak)
	t.Trainer.Decorate = t.decorate
	t.Trainer.Publish = func(folder string) error { return run.Promote(folder, c.Out) }
	return errors.Join(t.note(), t.evaluator())
}

// measures are those of a step that are shown.
func measures(nsp bool) []run.Shown {
	list := []run.Shown{{Name: "mlm_loss", Title: "mlm", Digits: 4, Width: 7}, {Name: "mlm_accuracy", Title: "acc", Digits: 4, Width: 6}}
	if nsp {
		list = append(list, run.Shown{Name: "nsp_loss", Title: "nsp", Digits: 4, Width: 7}, run.Shown{Name: "nsp_accuracy", Title: "acc", Digits: 4, Width: 6})
	}
	return list
}

// heldMeasures are those of an evaluation.
func heldMeasures() []run.Shown {
	return []run.Shown{
		{Name: "loss", Title: "loss", Digits: 4},
		{Name: "mlm_loss", Title: "mlm", Digits: 4},
		{Name: "perplexity", Title: "perplexity", Digits: 2},
		{Name: "mlm_accuracy", Title: "accuracy", Digits: 4},
		{Name: "nsp_loss", Title: "nsp", Digits: 4},
		{Name: "nsp_accuracy", Title: "accuracy", Digits: 4},
	}
}

// Describe writes held-out measures for people.
func Describe(values []train.Value) string { return run.Describe(values, heldMeasures()) }

// evaluator measures the held-out batches and writes the samples.
func (t *training) evaluator() error {
	samples, err := newSampler(t.config.Out, t.texts.Evaluation(), t.texts.Tokenizer, t.config.Samples, t.Trainer.State().Step)
	if err != nil {
		return fmt.Errorf("pretrain: %s: %w", SamplesFile, err)
	}
	p := pipeline.Of(&task.Model{Network: t.network, Tokenizer: t.texts.Tokenizer, Device: t.Device, Compute: t.Compute}, pipeline.Options{})
	t.Trainer.Evaluate = func(ctx context.Context) ([]train.Value, error) {
		values, err := t.task.Evaluate(ctx, t.Device, t.Compute, t.held)
		if err != nil {
			return nil, err
		}
		t.measured = values
		return values, samples.write(p, t.Trainer.State().Step)
	}
	return nil
}

// decorate puts the tokenizer and the card beside a model.
func (t *training) decorate(bool) func(folder string) error {
	text := card(t.config, t.network.Architecture(), t.texts.Facts(), t.Trainer.State(), t.measured, t.baseline)
	return func(folder string) error {
		if err := t.texts.Tokenizer.Save(folder); err != nil {
			return err
		}
		return disk.Write(filepath.Join(folder, "README.md"), []byte(text))
	}
}
