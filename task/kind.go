package task

import (
	"slices"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
)

// A Kind is one kind of task. It says all that is special about it; what is the same for all stands outside.
type Kind interface {
	Facts() Facts

	// Declare makes the network for a configuration; its parameters have no values yet.
	Declare(c bert.Config) (bert.Network, error)
	// Encoder makes features of the model's texts. Without labels an unlabelled file, or labels that the model does not have, are no
	// fault.
	Encoder(m *Model, labels *labelled.Labels, o features.Options) (features.Encoder, error)

	// Targets hands over the labels of a batch.
	Targets(p *torch.Pass, n bert.Network, b *features.Batch) Targets
	// Logits scores a batch: a row for each feature, or each token where the facts say so; where rows is not nil, for these alone.
	Logits(p *torch.Pass, n bert.Network, in *bert.Packed, b *features.Batch, rows *torch.Picked) *torch.Tensor
	// Loss compares the logits of the targets' rows with them.
	Loss(p *torch.Pass, n bert.Network, in *bert.Packed, logits *torch.Tensor, t Targets, r heads.Regularization) *torch.Tensor
	// Distance is how far a student's logits are from a teacher's.
	Distance(p *torch.Pass, n bert.Network, in *bert.Packed, t *Teacher, teacher, student *torch.Tensor) *torch.Tensor
	// Labelled counts what the loss is the mean of.
	Labelled(b *features.Batch) int

	// Predict turns an example's scores into a prediction.
	Predict(m *Model, s *Scored, p *Prediction, o Decoding)
	// Measures names what an evaluation measures, the loss left out, and which measure decides.
	Measures(d *dataset.Dataset) (names []string, main string)
	// Results are empty results, to be filled with examples.
	Results(m *Model, o EvaluateOptions) Results
}

// Targets are a batch's labels as its head takes them. They are handed over before the network runs: to a GPU they travel
// together with the batch.
type Targets struct {
	Rows   *torch.Picked // of the tokens that have a tag; nil for other kinds
	Labels *torch.Tensor // classes, tags or first tokens, int64; or numbers, fp32 [F,W]
	Last   *torch.Tensor // last tokens of spans, int64 [F]; nil for other kinds
}

// Facts are what can be said of a kind without a model.
type Facts struct {
	Name         labelled.Kind
	Architecture string // the reference's class, as config.json lists it
	PEFT         string // the name that PEFT has for it; empty: none
	Pipeline     string // the hub's name for what it is for
	AutoClass    string // the class of transformers that opens it
	About        string // what such a model gives, for people
	Examples     Examples

	ByToken   bool // scores have a row for each token, and long texts are read in windows
	Labels    bool // there is a set of labels
	Pooling   bool // the head can pool in several ways
	Weights   bool // class weights fit
	Smoothing bool // label smoothing fits
}

// Examples are what stands in the command lines that cards and pages show.
type Examples struct {
	Arguments string // of predict
	Input     string // a file for predict
	Data      string // a file for eval
}

// The kinds of tasks.
var (
	Classify Kind = classify{}
	Tag      Kind = tag{}
	Span     Kind = span{}
	Choice   Kind = choice{}
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{Classify, Tag, Span, Choice} }

// Of finds a kind by its name.
func Of(name labelled.Kind) Kind {
	return find(func(f Facts) bool { return f.Name == name })
}

// For finds what a fine-tuned model is for; nil where its configuration does not say.
func For(c bert.Config) Kind {
	return find(func(f Facts) bool { return slices.Contains(c.Architectures, f.Architecture) })
}

func find(is func(f Facts) bool) Kind {
	for _, k := range Kinds() {
		if is(k.Facts()) {
			return k
		}
	}
	return nil
}

// Measures lists what an evaluation of a data set measures, in its order, and names the measure that such a task is judged by.
func Measures(d *dataset.Dataset) (names []string, main string) {
	names, main = Of(d.Kind).Measures(d)
	if t, _ := dataset.FindGLUE(d.Task); t.Best() != "" {
		main = t.Best()
	}
	return append([]string{"loss"}, names...), main
}

// LowIsBetter says whether less of a measure is better: of errors it is, of scores it is not.
func LowIsBetter(name string) bool {
	return slices.Contains([]string{"loss", "mse", "mae", "hamming"}, name)
}

// Better compares two values of a measure.
func Better(a, b float64, low bool) bool {
	if low {
		return a < b
	}
	return a > b
}
