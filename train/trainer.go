package train

import (
	"encoding/json"
	"errors"
	"time"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/torch"
	"gobert/train/schedule"
)

// Rate gives the learning rate of a step (from 0), at a share of the run that is done.
type Rate func(step int64, progress float64) float64

// Schedule is a curve of rates, as package schedule has it.
type Schedule = schedule.Schedule

// Trainer runs a task over a feed.
type Trainer[B, C any] struct {
	Settings
	Rate     Rate
	Share    func() float64 // share of the run that is done by a limit only the feed can count (epochs); may be nil
	Evaluate Evaluator      // may be nil
	Reporter Reporter
	Extra    json.RawMessage // the command's own settings, kept in every checkpoint

	// Decorate is asked when something is saved, and gives what adds files to its folder, such as the tokenizer's. That is called
	// later, on another goroutine, while training goes on, unless SaveWaits. Decorate may be nil.
	Decorate  func(best bool) func(folder string) error
	SaveWaits bool
	Publish   func(folder string) error // told of a checkpoint that is whole, likewise; may be nil

	task      Task[B]
	feed      Feed[B, C]
	store     *bert.Store
	optimizer *Optimizer
	compute   torch.DType
	meter     *meter
	unread    []queued[C] // steps on a GPU since the host last looked
	graphs    torch.Graphs
	asked     bool // whether steps can be recorded
	able      bool // they can
	warned    bool // that steps cannot be recorded
	plain     bool // for tests: sizes as for graphs, and none recorded
	state     State
	saver     saver
	cursor    *C
	resumed   time.Duration // elapsed before this process
	resumedAt int64         // step of the checkpoint that the run goes on from
	began     time.Time
	since     window
}

// window is what happened since the last report.
type window struct {
	began  time.Time
	steps  int64
	tokens int64
	flops  float64
	wait   time.Duration
	sent   int64
}

// New prepares a run: the network moves into flat memory on the device and gets its moments.
func New[B, C any](task Task[B], s Settings) (*Trainer[B, C], error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	compute, err := torch.ParseCompute(s.Compute)
	if err != nil {
		return nil, err
	}
	t := &Trainer[B, C]{Settings: s, task: task, compute: compute, state: State{Scaler: newScaler(compute == torch.Float16)}}
	if _, ok := task.(Divisible[B]); s.Team != nil && !ok {
		return nil, fault.Usage("{parts}: this kind of task computes a batch as a whole")
	}
	task.Network().Encoder().Recompute = s.GradientCheckpoint
	if t.store, err = bert.Flatten(task.Network(), s.Device); err != nil {
		return nil, noRoom(err)
	}
	err = torch.Run(func() error {
		t.store.UseCompute(compute)
		t.store.PrepareTraining()
		if t.optimizer, err = newOptimizer(t.store, s.Optimizer, t.state.Scaler, s.Accumulate, s.Team); err != nil {
			return err
		}
		t.meter = newMeter(t.optimizer.board.measures)
		return nil
	})
	if err != nil {
		return nil, noRoom(err)
	}
	return t, nil
}

// SetFeed gives the run its batches, which must begin at the cursor of [Trainer.Cursor].
func (t *Trainer[B, C]) SetFeed(feed Feed[B, C]) { t.feed = feed }

// Cursor is where the feed must begin; ok is false for a new run.
func (t *Trainer[B, C]) Cursor() (cursor C, ok bool) {
	if t.cursor == nil {
		return cursor, false
	}
	return *t.cursor, true
}

// elapsed is how long the run has taken, by this process's clock.
func (t *Trainer[B, C]) elapsed() time.Duration { return t.resumed + time.Since(t.began) }

// State is the run's progress so far.
func (t *Trainer[B, C]) State() State { return t.state }

// Progress is the share of the run that is done, 0 to 1, by whichever limit is nearest.
func (t *Trainer[B, C]) Progress() float64 {
	done := t.progress(t.state.Step, t.state.Tokens, t.state.Elapsed)
	if t.Share != nil {
		done = max(done, t.Share())
	}
	return min(done, 1)
}

// ErrInterrupted says that the context ended the run early; a checkpoint was saved.
var ErrInterrupted = errors.New("interrupted: the run was saved and can be resumed")

// ErrNotSaved says that the context ended the run, and that it could not be saved.
var ErrNotSaved = errors.New("interrupted, and the run was not saved")

// errEndless stops a run before it begins.
var errEndless = fault.Usage("train: the run has no end").Advise("give {steps}, {tokens}, {epochs} or {budget}")

// Close waits for what is being saved and frees what the trainer holds; the network stays usable. The error is of a save that
// nobody asked about.
func (t *Trainer[B, C]) Close() error {
	err := t.Finish()
	_ = torch.Run(func() error {
		t.graphs.Free()
		t.meter.free()
		t.optimizer.Free()
		t.Team.Free()
		t.saver.free()
		return nil
	})
	return err
}
