package finetune

import (
	"errors"
	"fmt"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/heads"
	"gobert/task"
	"gobert/train"
)

// Settings are what a run of fine-tuning is told, apart from its data. They are kept in every checkpoint and in the run's
// folder.
type Settings struct {
	Model        string  `json:"model"`
	Task         string  `json:"task"`
	Epochs       float64 `json:"epochs"`
	Steps        int64   `json:"steps,omitempty"` // instead of epochs
	LearningRate float64 `json:"learning_rate"`
	Batch        int     `json:"batch"`
	Accumulate   int     `json:"accumulate"`
	SeqLength    int     `json:"seq_length"`
	Stride       int     `json:"stride,omitempty"` // of windows over a long context
	Warmup       float64 `json:"warmup"`           // below 1: a share of the run; else steps
	Schedule     string  `json:"schedule"`
	Seed         uint64  `json:"seed"`
	Compute      string  `json:"compute"`
	Checkpoint   bool    `json:"gradient_checkpoint,omitempty"`

	Optimizer  train.OptimizerSettings `json:"optimizer"`
	LayerDecay float64                 `json:"layer_decay"` // rate of each layer over that of the layer above; 1: the same
	Freeze     []string                `json:"freeze,omitempty"`
	Reinit     int                     `json:"reinit,omitempty"` // top layers that are drawn anew
	Dropout    *float64                `json:"dropout,omitempty"`
	Pooling    heads.Pooling           `json:"pooling,omitempty"`
	AllPieces  bool                    `json:"all_pieces,omitempty"`

	LabelSmoothing float64   `json:"label_smoothing,omitempty"`
	ClassWeights   []float64 `json:"class_weights,omitempty"`
	Balanced       bool      `json:"balanced,omitempty"` // class weights from the frequencies of train

	Adapter *bert.AdapterOptions `json:"lora,omitempty"`
	Merge   bool                 `json:"merge,omitempty"` // the run's folder holds the sum of weights and adapters

	Teacher     string  `json:"teacher,omitempty"`
	Temperature float64 `json:"temperature,omitempty"`
	Alpha       float64 `json:"alpha,omitempty"`

	EarlyStop     int    `json:"early_stop,omitempty"` // evaluations without improvement
	Metric        string `json:"metric,omitempty"`     // that decides what is best; empty: the task's own
	SaveBest      bool   `json:"save_best"`
	EvaluateEvery int64  `json:"evaluate_every,omitempty"` // steps; 0: each epoch
	SaveEvery     int64  `json:"save_every,omitempty"`     // steps; 0: only at the end
	LogEvery      int64  `json:"log_every"`
}

// Defaults are the published recipe for fine-tuning (Devlin et al. 2019, appendix A.3), with the released code's warm-up.
func Defaults() Settings {
	o := train.DefaultOptimizer()
	o.Eps = 1e-8
	return Settings{
		Epochs: 3, LearningRate: 3e-5, Batch: 32, Accumulate: 1, SeqLength: 128, Warmup: 0.1, Schedule: string(train.Linear), Seed: 42,
		Compute: "fp32", Optimizer: o, LayerDecay: 1, Temperature: 2, Alpha: 0.5, SaveBest: true, LogEvery: 10, SaveEvery: 500,
	}
}

// Validate returns all faults at once.
func (s Settings) Validate(kind labelled.Kind) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !(s.Epochs > 0) && s.Steps <= 0 {
		fault("epochs are %v and steps %d: expected one of them above 0", s.Epochs, s.Steps)
	}
	if s.Batch < 1 || s.Accumulate < 1 {
		fault("batch %d and accumulate %d: expected at least 1", s.Batch, s.Accumulate)
	}
	if s.SeqLength < 4 {
		fault("seq-length is %d: expected at least 4", s.SeqLength)
	}
	if !(s.LayerDecay > 0 && s.LayerDecay <= 1) {
		fault("layer-decay is %v: expected a number above 0 and up to 1, such as 0.9", s.LayerDecay)
	}
	if !(s.LabelSmoothing >= 0 && s.LabelSmoothing < 1) {
		fault("label-smoothing is %v: expected a number from 0 to below 1", s.LabelSmoothing)
	}
	if s.Reinit < 0 || s.EarlyStop < 0 {
		fault("reinit %d and early-stop %d: expected 0 or more", s.Reinit, s.EarlyStop)
	}
	if s.Dropout != nil && !(*s.Dropout >= 0 && *s.Dropout < 1) {
		fault("dropout is %v: expected a number from 0 to below 1", *s.Dropout)
	}
	if !(s.Warmup >= 0) {
		fault("warmup is %v: expected 0 or more: below 1 a share of the run, else steps", s.Warmup)
	}
	for _, w := range s.ClassWeights {
		if !(w >= 0) {
			fault("class weight %v: expected 0 or more", w)
		}
	}
	faults = append(faults, s.fits(kind)...)
	if err := s.Optimizer.Validate(); err != nil {
		faults = append(faults, err)
	}
	if err := s.schedule().Validate(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// fits names what is asked for and a kind of task does not have.
func (s Settings) fits(kind labelled.Kind) (faults []error) {
	for _, asked := range []struct {
		is   bool
		what string
		fits func(f task.Facts) bool
	}{
		{s.Pooling != "" && s.Pooling != heads.CLS, "pooling " + string(s.Pooling), func(f task.Facts) bool { return f.Pooling }},
		{s.Balanced || len(s.ClassWeights) > 0, "class-weights", func(f task.Facts) bool { return f.Weights }},
		{s.LabelSmoothing > 0, "label-smoothing", func(f task.Facts) bool { return f.Smoothing }},
	} {
		if !asked.is || asked.fits(task.Of(kind).Facts()) {
			continue
		}
		var names []string
		for _, k := range task.Kinds() {
			if f := k.Facts(); asked.fits(f) {
				names = append(names, string(f.Name))
			}
		}
		faults = append(faults, fmt.Errorf("%s is for %s, not for %s", asked.what, strings.Join(names, " and "), kind))
	}
	if s.Merge && s.Adapter == nil {
		faults = append(faults, errors.New("merge without lora: there is nothing to merge"))
	}
	return faults
}

// schedule is the curve of the learning rate.
func (s Settings) schedule() train.Schedule {
	c := train.Schedule{Kind: train.Curve(s.Schedule), Peak: s.LearningRate}
	if s.Warmup < 1 {
		c.WarmupShare = s.Warmup
	} else {
		c.WarmupSteps = int64(s.Warmup)
	}
	return c
}
