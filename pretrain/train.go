package pretrain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"gobert/data"
	"gobert/data/pretraining"
	"gobert/heads"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/internal/torch"
	"gobert/pipeline"
	"gobert/task"
	"gobert/train"
)

// Outcome is how a run ended.
type Outcome struct {
	State    train.State
	Measured []train.Value // the last evaluation
	Label    string        // of the text that it was made on: "held out", or that it was not
	Baseline Baseline
}

// run is all that a run holds while it goes.
type run struct {
	config   *Config
	talk     train.Talk
	claim    *disk.Lock // of the folder
	texts    *texts
	files    *contents // of the texts
	vocab    pretraining.Vocabulary
	network  *heads.Pretraining
	device   torch.Device
	compute  torch.DType
	trainer  *train.Trainer[*data.Batch, Cursor]
	feed     *feed
	held     []*data.Batch
	baseline Baseline
	measured []train.Value // the last evaluation
	log      *record.Log
}

// Train runs a configuration to its end, or to the end of the context, which saves a checkpoint. Faults of the configuration
// and of what it names come back all at once before the first step; [train.ErrUsage] is in their chain where a setting is wrong.
func Train(ctx context.Context, c *Config, talk train.Talk) (out Outcome, err error) {
	r := &run{config: c, talk: talk, texts: &texts{}}
	r.talk.Complete()
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.occupy(); err != nil {
		return out, err
	}
	checkpoint, state, err := r.prepare(ctx)
	if err != nil {
		return out, err
	}
	if err := r.assemble(ctx, checkpoint, state); err != nil {
		return out, err
	}
	r.talk.Begin()
	if r.trainer.Progress() >= 1 {
		r.talk.Log.Info("the run is complete already", "step", state.Step)
	} else if c.Rehearse {
		if err := r.rehearse(ctx); err != nil {
			return out, err
		}
	}
	if err := r.begin(checkpoint); err != nil {
		return out, err
	}
	err = r.trainer.Run(ctx)
	r.talk.Live("")
	return Outcome{State: r.trainer.State(), Measured: r.measured, Label: r.texts.label(), Baseline: r.baseline}, err
}

// prepare opens what the configuration names and finds all faults at once.
func (r *run) prepare(ctx context.Context) (checkpoint string, state train.State, err error) {
	c := r.config
	faults := []error{c.Check()}
	if err := c.Machine.Check(r.talk.Log); err != nil {
		faults = append(faults, err)
	} else if r.device, r.compute, err = c.Resolve(); err != nil {
		faults = append(faults, err)
	}
	if c.Out != "" {
		checkpoint, state, err = r.toResume()
		faults = append(faults, err)
	}
	if c.Data != "" {
		if r.texts, err = openTexts(c.Examples); err != nil {
			faults = append(faults, err)
		}
	}
	faults = append(faults, r.texts.accepts(c))
	if r.texts.tokenizer != nil {
		if r.vocab, err = vocabulary(r.texts.tokenizer); err != nil {
			faults = append(faults, err)
		}
		faults = append(faults, r.model(ctx, checkpoint))
	}
	if err := errors.Join(faults...); err != nil {
		return "", state, err
	}
	if checkpoint != "" {
		var was extra
		if err := json.Unmarshal(state.Extra, &was); err != nil {
			return "", state, fault.Usage("{resume}: %s is no checkpoint of a pretraining run: %w", checkpoint, err)
		}
		if was.Files == nil {
			r.talk.Log.Warn("an older program began this run and recorded only how much it was trained on: a corpus of the same size is not told from it", "checkpoint", checkpoint)
		}
		if r.files, err = r.contents(ctx, was.Files); err != nil {
			return "", state, err
		}
		return checkpoint, state, was.same(c, r.texts.facts(), r.files)
	}
	r.files, err = r.contents(ctx, nil)
	return checkpoint, state, err
}

// assemble makes the trainer, the feed and the held-out batches.
func (r *run) assemble(ctx context.Context, checkpoint string, state train.State) error {
	c := r.config
	if err := c.Apply(r.talk.Log); err != nil {
		return err
	}
	var err error
	if err := train.Freeze(r.network, c.Freeze); err != nil {
		return fault.Usage("%w", err)
	}
	if c.CUDAGraphs == "on" && !r.device.IsCUDA() {
		r.talk.Log.Warn("cuda-graphs on does nothing here: the run is not on a GPU")
	}
	if r.trainer, err = train.New[*data.Batch, Cursor](&task.Pretraining{Model: r.network}, r.settings()); err != nil {
		return err
	}
	curve := c.Rate()
	r.trainer.Rate = func(step int64, progress float64) float64 { return curve.Rate(step, int64(c.Steps), progress) }
	if r.trainer.Extra, err = json.Marshal(extra{Config: c.json(), Corpus: r.texts.facts(), Files: r.files}); err != nil {
		return err
	}
	if checkpoint != "" {
		if err := r.trainer.ResumeFrom(checkpoint, state); err != nil {
			return fault.Usage("%w", err)
		}
	}
	if r.feed, err = newFeed(ctx, c, r.texts.train, r.vocab, r.trainer.Progress); err != nil {
		return fault.Usage("%w", err)
	}
	if cursor, ok := r.trainer.Cursor(); ok {
		r.feed.start(cursor)
	}
	r.trainer.SetFeed(r.feed)
	if c.Epochs > 0 {
		r.trainer.Share = func() float64 { return r.feed.epochs() / c.Epochs }
	}
	return r.hold()
}

// hold draws the held-out batches and the baseline.
func (r *run) hold() error {
	c := r.config
	if r.texts.heldout == nil {
		r.talk.Log.Warn("nothing is held out: the model is measured on the text it learns")
	}
	length, batch := c.measured()
	var err error
	if r.held, err = heldout(r.texts.evaluation(), r.vocab, length, c.NSP, c.EvaluateSequences, batch); err != nil {
		return fault.Usage("{data}: %w", err)
	}
	r.baseline = unigram(r.texts.train, r.vocab.Size, r.texts.tokenizer.Token, r.held)
	return nil
}

// settings are the trainer's part of the configuration.
func (r *run) settings() train.Settings {
	s := r.config.Settings()
	s.Graphs = train.Graphs(r.config.CUDAGraphs)
	s.Best, s.BestIsLow, s.Device, s.Rank, s.World = "loss", true, r.device, r.config.Rank, r.config.World
	return s
}

// begin writes what a run's folder begins with, and connects the reporter.
func (r *run) begin(checkpoint string) error {
	c := r.config
	if err := disk.Write(filepath.Join(c.Out, ConfigFile), append(c.json(), '\n')); err != nil {
		return err
	}
	step := r.trainer.State().Step
	var err error
	if r.log, err = record.Open(c.Out, record.Options{Resume: checkpoint != "" || c.Resume != "", Step: step, TensorBoard: c.TensorBoard}); err != nil {
		return err
	}
	if r.measured, err = train.LastMeasured(c.Out); err != nil {
		return err
	}
	peak, err := train.FindPeak(r.device, r.compute)
	if err != nil {
		return err
	}
	r.introduce(peak)
	r.trainer.Reporter = &train.Console{
		Record: r.log, Talk: r.talk, Device: r.device, Peak: peak, Shown: measures(c.NSP), On: r.texts.label(), Held: heldMeasures(),
	}
	r.trainer.Decorate = r.decorate
	r.trainer.Publish = func(folder string) error { return publish(c.Out, folder) }
	return errors.Join(r.note(step), r.evaluator(step))
}

// measures are those of a step that are shown.
func measures(nsp bool) []train.Shown {
	list := []train.Shown{{Name: "mlm_loss", Title: "mlm", Digits: 4, Width: 7}, {Name: "mlm_accuracy", Title: "acc", Digits: 4, Width: 6}}
	if nsp {
		list = append(list, train.Shown{Name: "nsp_loss", Title: "nsp", Digits: 4, Width: 7}, train.Shown{Name: "nsp_accuracy", Title: "acc", Digits: 4, Width: 6})
	}
	return list
}

// heldMeasures are those of an evaluation.
func heldMeasures() []train.Shown {
	return []train.Shown{
		{Name: "loss", Title: "loss", Digits: 4},
		{Name: "mlm_loss", Title: "mlm", Digits: 4},
		{Name: "perplexity", Title: "perplexity", Digits: 2},
		{Name: "mlm_accuracy", Title: "accuracy", Digits: 4},
		{Name: "nsp_loss", Title: "nsp", Digits: 4},
		{Name: "nsp_accuracy", Title: "accuracy", Digits: 4},
	}
}

// Describe writes held-out measures for people.
func Describe(values []train.Value) string { return train.Describe(values, heldMeasures()) }

// evaluator measures the held-out batches and writes the samples.
func (r *run) evaluator(step int64) error {
	samples, err := newSampler(r.config.Out, r.texts.evaluation(), r.texts.tokenizer, r.config.Samples, step)
	if err != nil {
		return fmt.Errorf("pretrain: %s: %w", SamplesFile, err)
	}
	p := pipeline.Of(&task.Model{Network: r.network, Tokenizer: r.texts.tokenizer, Device: r.device, Compute: r.compute}, pipeline.Options{})
	objective := &task.Pretraining{Model: r.network}
	r.trainer.Evaluate = func(ctx context.Context) ([]train.Value, error) {
		values, err := objective.Evaluate(ctx, r.device, r.compute, r.held)
		if err != nil {
			return nil, err
		}
		r.measured = values
		return values, samples.write(p, r.trainer.State().Step)
	}
	return nil
}

// decorate puts the tokenizer and the card beside a model.
func (r *run) decorate(bool) func(folder string) error {
	text := card(r.config, r.network.Architecture(), r.texts.facts(), r.trainer.State(), r.measured, r.baseline)
	return func(folder string) error {
		if err := r.texts.tokenizer.Save(folder); err != nil {
			return err
		}
		return disk.Write(filepath.Join(folder, "README.md"), []byte(text))
	}
}

// close releases everything, in the order opposite to its making.
func (r *run) close() error {
	var errs []error
	if r.feed != nil {
		r.feed.Close()
	}
	if r.trainer != nil {
		errs = append(errs, r.trainer.Close())
	}
	if r.network != nil {
		errs = append(errs, r.network.Bert.Close())
	}
	if r.log != nil {
		errs = append(errs, r.log.Close())
	}
	errs = append(errs, r.texts.Close())
	if r.claim != nil {
		r.claim.Release()
	}
	return errors.Join(errs...)
}
