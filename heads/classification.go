package heads

import (
	"fmt"

	"gobert/bert"
	"gobert/internal/torch"
)

// ProblemType says which loss a sequence classifier has, in config.json's words.
type ProblemType string

// The problem types that the reference knows.
const (
	SingleLabel ProblemType = "single_label_classification"
	MultiLabel  ProblemType = "multi_label_classification"
	Regression  ProblemType = "regression"
)

// Sequence classifies whole sequences by their pooled first token. Reference: BertForSequenceClassification.
type Sequence struct {
	Bert       *bert.Model  `hf:"bert"`
	Classifier *bert.Linear `hf:"classifier"` // [C,H]

	Problem ProblemType
	Pooling Pooling // CLS goes through the pooler, as in the reference; the others do not
}

// Regularization is what the loss of classes is told beside the labels, in training; the zero value is the plain loss.
type Regularization struct {
	ClassWeights *torch.Tensor // fp32 [C]; nil: all count the same
	Smoothing    float64       // share of each label that is spread over all, for single labels
}

// NewSequence declares an encoder with a classifier over the configuration's labels.
func NewSequence(c bert.Config) (*Sequence, error) {
	pooling, err := poolingOf(c)
	if err != nil {
		return nil, err
	}
	m, err := bert.New(c, pooling == CLS)
	if err != nil {
		return nil, err
	}
	problem := ProblemType(c.ProblemType)
	classes := len(c.Labels())
	switch problem {
	case SingleLabel, MultiLabel, Regression:
	case "":
		// The reference decides at the first batch, by the labels' type; with one label it can only be regression.
		if problem = SingleLabel; classes == 1 {
			problem = Regression
		}
	default:
		return nil, fmt.Errorf("heads: problem_type %q is not known: expected %s, %s or %s", problem, SingleLabel, MultiLabel, Regression)
	}
	return &Sequence{Bert: m, Classifier: bert.NewLinear(c.HiddenSize, classes), Problem: problem, Pooling: pooling}, nil
}

// Encoder is the BERT below the head.
func (s *Sequence) Encoder() *bert.Model { return s.Bert }

// Architecture is the reference's class.
func (s *Sequence) Architecture() string { return "BertForSequenceClassification" }

// Logits gives [B,C].
func (s *Sequence) Logits(p *torch.Pass, in *bert.Packed) *torch.Tensor {
	var x *torch.Tensor
	if s.Pooling == CLS {
		x = pooled(p, s.Bert, in)
	} else {
		x = p.Cast(s.Pooling.Vectors(p, s.Bert, in), p.Compute)
	}
	return s.Classifier.Forward(p, headDropout(p, x, s.Bert.Config))
}

// Loss compares logits with labels: int64 [B] for a single label, fp32 [B,C] for several, fp32 [B] (or [B,C]) for
// regression.
func (s *Sequence) Loss(p *torch.Pass, logits, labels *torch.Tensor, r Regularization) *torch.Tensor {
	logits = p.Cast(logits, torch.Float32)
	switch s.Problem {
	case MultiLabel:
		return p.BinaryCrossEntropy(logits, labels, r.ClassWeights)
	case Regression:
		return p.MeanSquaredError(p.Reshape(logits, -1), p.Reshape(labels, -1))
	}
	return p.CrossEntropy(logits, labels, r.ClassWeights, r.Smoothing)
}

// headDropout is the dropout before a classifier.
func headDropout(p *torch.Pass, x *torch.Tensor, c bert.Config) *torch.Tensor {
	if !p.Train {
		return x
	}
	return p.CounterDropout(x, c.HeadDropout())
}
