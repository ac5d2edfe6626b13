package finetune

import (
	"errors"
	"strconv"
	"strings"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/internal/settings"
	"gobert/task"
	"gobert/train/run"
)

// Settings are what a run of fine-tuning is told, apart from its data: each field is a flag of the train verb and a member of what
// checkpoints and result.json keep.
type Settings struct {
	Model string `json:"model" required:"" placeholder:"DIR|NAME" group:"Task" help:"Pretrained model: a folder, or a name on the hub."`
	Task  string `json:"task" required:"" placeholder:"TASK" group:"Task" help:"cola, sst-2, mrpc, sts-b, qqp, mnli, qnli, rte, wnli; classify, tag, squad, choice for own files; mlm to adapt to a domain."`

	run.Config
	Network
	Adapters
	Distillation
	Choice
}

// Network says how the model is prepared for the task.
type Network struct {
	SeqLength      int      `json:"seq_length" aliases:"length" group:"Batches" least:"4" or:"0" help:"Tokens of a text, special ones included; longer ones are cut (squad: windowed). 0: 128, for squad 384."`
	Stride         int      `json:"stride" group:"Batches" help:"squad: tokens that neighbouring windows share; 0: 128."`
	LayerDecay     float64  `json:"layer_decay" default:"1" group:"Learning rate" above:"0" most:"1" help:"Rate of each layer over that of the layer above it, such as 0.9."`
	Freeze         []string `json:"freeze" placeholder:"WHAT" group:"Model" help:"What stays as it is: embeddings, layer.0-3, pooler, or names with wildcards."`
	Reinit         int      `json:"reinit" group:"Model" help:"Top layers to draw anew, with the pooler."`
	Pooling        string   `json:"pooling" default:"" enum:",cls,mean,max" group:"Model" help:"Vector that classify reads: cls, mean or max."`
	Dropout        *float64 `json:"dropout" group:"Model" below:"1" help:"All dropout rates; by default the model's own."`
	LabelSmoothing float64  `json:"label_smoothing" group:"Optimizer" below:"1" help:"Share of each label that is spread over all labels."`
	ClassWeights   string   `json:"class_weights" placeholder:"balanced|W,W,..." group:"Optimizer" help:"Weights of the classes in the loss: balanced by frequency, or one for each label."`
	AllPieces      bool     `json:"all_pieces" group:"Task" help:"tag: every piece of a word has its tag, not the first alone."`
}

// Adapters are LoRA's settings.
type Adapters struct {
	LoRA        bool     `json:"lora" name:"lora" group:"Adapters" help:"Train low-rank adapters and the head alone, saved in PEFT's format."`
	LoRARank    int      `json:"lora_rank" name:"lora-rank" default:"8" group:"Adapters" least:"1" help:"Rank of the adapters."`
	LoRAAlpha   float64  `json:"lora_alpha" name:"lora-alpha" default:"16" group:"Adapters" above:"0" help:"The correction is scaled by alpha/rank."`
	LoRADropout float64  `json:"lora_dropout" name:"lora-dropout" default:"0.1" group:"Adapters" below:"1" help:"Dropout of the adapters' input."`
	LoRATargets []string `json:"lora_targets" name:"lora-targets" default:"query,value" group:"Adapters" help:"Linear maps that get one: query, key, value, attention.output.dense, intermediate.dense, output.dense; or dense for all of the latter."`
	Merge       bool     `json:"merge" group:"Adapters" help:"Save the sum of weights and adapters: a model that needs no PEFT."`
}

// Distillation are a teacher's settings.
type Distillation struct {
	Teacher     string  `json:"teacher" placeholder:"DIR" group:"Distillation" help:"Fine-tuned model, usually larger, whose scores are learnt too."`
	Temperature float64 `json:"temperature" default:"2" group:"Distillation" above:"0" help:"Softens both models' probabilities."`
	Alpha       float64 `json:"alpha" default:"0.5" group:"Distillation" most:"1" help:"Share of the teacher in the loss."`
}

// Choice says which weights are kept.
type Choice struct {
	Metric   string `json:"metric" placeholder:"NAME" group:"Evaluation" help:"What decides which weights are best; by default the task's own metric."`
	SaveBest bool   `json:"save_best" negatable:"" default:"true" group:"Evaluation" help:"Keep the weights that were best on dev, not the last ones."`
}

// Variables are what the declaration of package run leaves to the kind of run. The rates are the published recipe for fine-tuning
// (Devlin et al. 2019, appendix A.3), with the released code's warm-up.
func Variables() map[string]string {
	return map[string]string{
		"epochs": "3", "eps": "1e-8", "learning_rate": "3e-5", "warmup": "0.1", "compute": "fp32", "evaluate_every": "0", "keep": "1", "seed": "42",
		"steps_note": " Instead of epochs.", "grid_note": " Several with commas make a grid.", "batch_help": "Examples to a batch. Several with commas make a grid.",
		"evaluate_zero": "after each epoch", "evaluated_on": " on dev", "deciding": "the metric", "keep_while": "while the run lasts", "out_model": "in the end the model itself",
		"seed_help": "Of the new head, the order of the data, and dropout.", "resume_note": "",
	}
}

// Defaults are the settings of a run that is told nothing.
func Defaults() (s Settings) {
	settings.Default(&s, Variables())
	return s
}

// Validate returns all faults at once.
func (s Settings) Validate(kind labelled.Kind) error {
	faults := []error{settings.Check(&s)}
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fault.Usage(format, args...))
		}
	}
	add(!(s.Epochs > 0) && s.Steps <= 0, "{epochs} are %v and {steps} %d: expected one of them above 0", s.Epochs, s.Steps)
	add(s.Batch < 1, "{batch} is %d: expected at least 1", s.Batch)
	_, weights, err := s.classWeights()
	if err != nil {
		faults = append(faults, err)
	}
	for _, w := range weights {
		add(!(w >= 0), "{class-weights}: %v: expected 0 or more", w)
	}
	for _, asked := range []struct {
		is   bool
		what string
		fits func(f task.Facts) bool
	}{
		{s.Pooling != "" && s.Pooling != string(heads.CLS), "{pooling} " + s.Pooling, func(f task.Facts) bool { return f.Pooling }},
		{s.ClassWeights != "", "{class-weights}", func(f task.Facts) bool { return f.Weights }},
		{s.LabelSmoothing > 0, "{label-smoothing}", func(f task.Facts) bool { return f.Smoothing }},
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
		faults = append(faults, fault.Usage(asked.what+" is for %s, not for %s", strings.Join(names, " and "), kind))
	}
	add(s.Merge && !s.LoRA, "{merge} without {lora}: there is nothing to merge")
	return errors.Join(append(faults, s.Check())...)
}

// classWeights are the weights that were given, or whether they come from how often each class is there.
func (s *Settings) classWeights() (balanced bool, weights []float64, err error) {
	if s.ClassWeights == "balanced" || s.ClassWeights == "" {
		return s.ClassWeights != "", nil, nil
	}
	for _, text := range strings.Split(s.ClassWeights, ",") {
		w, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			return false, nil, fault.Usage("{class-weights} %s: expected balanced, or numbers parted by commas", s.ClassWeights)
		}
		weights = append(weights, w)
	}
	return false, weights, nil
}

// adapter is what LoRA is told; nil without it.
func (s *Settings) adapter() *bert.AdapterOptions {
	if !s.LoRA {
		return nil
	}
	return &bert.AdapterOptions{Rank: s.LoRARank, Alpha: s.LoRAAlpha, Dropout: s.LoRADropout, Targets: s.LoRATargets}
}
