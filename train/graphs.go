package train

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"gobert/internal/torch"
)

// Graphs says whether the launches of a step on a GPU are recorded once, as CUDA graphs, and then done again as one.
type Graphs string

// The zero value is NoGraphs.
const (
	NoGraphs   Graphs = "off"
	AutoGraphs Graphs = "auto" // for batches that are too small to keep the card busy
	AllGraphs  Graphs = "on"
)

// A Recorder is a task whose steps can be recorded: [Task.Loss] hands over all of a batch before it reads any of it, brings its
// sizes to few where [torch.Mode] says so, and depends on the batch in no other way.
type Recorder[B any] interface {
	// Counts are those of the measures that Loss gives for the batch, in their order.
	Counts(batch B) []float64
}

// mostGraphs is how many layouts of batches are recorded: each holds the memory of a step.
const mostGraphs = 32

// What a launch takes of the host's time, and what a card multiplies meanwhile. Where a step's launches take longer than its products,
// the card waits for the host.
const (
	launchSeconds  = 5e-6
	cardFLOPs      = 300e12 // per second
	launchesALayer = 25
	launchesBeside = 60
)

// recorder is the task, where the steps of such batches are to be recorded.
func (t *Trainer[B, C]) recorder(batch B) (Recorder[B], bool) {
	r, ok := t.task.(Recorder[B])
	if !ok || !t.Device.IsCUDA() || t.Graphs == "" || t.Graphs == NoGraphs || t.GradientCheckpoint {
		return nil, false
	}
	launches := launchesBeside + launchesALayer*len(t.task.Network().Encoder().Layers)
	return r, (t.Graphs == AllGraphs || t.task.FLOPs(batch) < float64(launches)*launchSeconds*cardFLOPs) && t.counts()
}

// counts says whether the card counts targets, some of which only fill up their number where sizes are rounded up.
func (t *Trainer[B, C]) counts() bool {
	if !t.asked {
		err := torch.Run(func() error {
			if !torch.CountsTargets(t.Device, t.compute) {
				return errors.New("the card's own kernels cannot be used")
			}
			return nil
		})
		if t.asked, t.able = true, err == nil; err != nil {
			t.unrecorded(err)
		}
	}
	return t.able
}

// again is a batch's step as a graph, where it has the layout of one before. Measures are added up behind it, since what they count
// differs from batch to batch.
func (t *Trainer[B, C]) again(r Recorder[B], batch B, micro int, rate float64) error {
	t.graphs.Most, t.graphs.Failed = mostGraphs, t.unrecorded
	if t.plain {
		t.graphs.Most = 0
	}
	last, tried := micro == t.Accumulate-1, t.optimizer.tried
	return torch.Run(func() error {
		if last {
			t.saver.guard() // another stream's event is no part of a graph
		}
		return t.graphs.Do(t.mode(micro), func(p *torch.Pass) (any, []*torch.Tensor, error) {
			t.optimizer.tried = tried // it may be called again
			var measures []Measure
			var stay []*torch.Tensor
			err := t.body(p, batch, micro, rate, func(list []Measure) {
				for _, m := range list {
					m.Value = p.Detach(m.Value)
					measures, stay = append(measures, m), append(stay, m.Value)
				}
			})
			return measures, stay, err
		}, func(result any, replayed bool) error {
			measures, counts := slices.Clone(result.([]Measure)), r.Counts(batch)
			if len(counts) != len(measures) {
				return fmt.Errorf("train: the task counts %d measures and gives %d", len(counts), len(measures))
			}
			for i, n := range counts {
				measures[i].Count = n
			}
			if replayed && last {
				t.optimizer.tried++
			}
			t.meter.add(measures)
			return nil
		})
	})
}

// unrecorded tells once why steps are launched one by one.
func (t *Trainer[B, C]) unrecorded(err error) {
	if !t.warned {
		slog.Warn("steps cannot be recorded as CUDA graphs, and are launched as without", "reason", err)
	}
	t.warned = true
}
