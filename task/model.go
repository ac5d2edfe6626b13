package task

import (
	"fmt"
	"slices"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/internal/sentencetransformers"
	"gobert/internal/torch"
)

// Model is a network with what is needed to train it and to use it.
type Model struct {
	Kind      Kind // nil: of a network that is no task's, see [Options.Network]
	Network   bert.Network
	Tokenizer *wordpiece.Tokenizer
	Labels    *labelled.Labels // nil for kinds without
	Folder    string           // it was opened from, or its name on the hub
	Path      string           // the folder that was read
	New       []string         // parameters that the folder lacked: newly initialised
	Adapter   *AdapterInfo     // nil without LoRA

	Device  torch.Device
	Compute torch.DType

	regularization heads.Regularization // of the training loss
	weights        []float32            // those of the classes in it; nil: all count the same
	logistic       bool                 // a single score becomes a probability, see value
}

// Problem is that of a classifier; empty for other kinds.
func (m *Model) Problem() labelled.Problem {
	if m.Kind != Classify {
		return ""
	}
	return m.Labels.Problem
}

// setLabels writes a label set into a configuration.
func setLabels(c *bert.Config, kind Kind, labels *labelled.Labels) {
	c.ProblemType, c.NumLabels, c.ID2Label, c.Label2ID = "", 0, nil, nil
	c.Extra = sentencetransformers.ForgetActivation(c.Extra)
	if labels == nil || !kind.Facts().Labels {
		return
	}
	if kind == Classify {
		c.ProblemType = string(labels.Problem)
	}
	c.SetLabels(labels.Names...)
}

// labelsOf reads it.
func labelsOf(kind Kind, n bert.Network) *labelled.Labels {
	if !kind.Facts().Labels {
		return nil
	}
	problem := labelled.Single
	if s, ok := n.(*heads.Sequence); ok {
		problem = labelled.Problem(s.Problem)
	}
	return labelled.NewLabels(problem, n.Encoder().Config.Labels())
}

// settleScore finds out what becomes of a single score. A cross-encoder's folder says so; else it is what transformers' pipeline and
// sentence-transformers agree on, a probability, unless config.json speaks of a regression.
func (m *Model) settleScore(folder string) error {
	s, ok := m.Network.(*heads.Sequence)
	c := m.Network.Encoder().Config
	if !ok || s.Problem != heads.Regression || len(c.Labels()) != 1 {
		return nil
	}
	name, found, err := sentencetransformers.Activation(folder, c.Extra)
	switch {
	case err != nil:
		return err
	case found && name != "" && name != "sigmoid":
		return fmt.Errorf("task: %s wants the score to go through %s: expected Sigmoid or Identity", folder, name)
	case found:
		m.logistic = name == "sigmoid"
	default:
		m.logistic = c.ProblemType != string(heads.Regression)
	}
	return nil
}

// value is what a score of a regression means.
func (m *Model) value(score float32) float32 {
	if m.logistic {
		return float32(logistic(score))
	}
	return score
}

// Features encodes labelled examples for the model, with the offsets that evaluation needs: of answers, and of tagged words.
func (m *Model) Features(examples []labelled.Example, o features.Options, onError labelled.OnError) (*features.Set, error) {
	if m.Problem() == labelled.Regression && m.Labels.Len() > 1 {
		return nil, fault.New("task: %s gives %d numbers for a text, labelled data has one: it cannot be measured or trained", m.Folder, m.Labels.Len()).
			Advise("finetune predict gives them all")
	}
	o.Offsets = m.Kind.Facts().ByToken
	encoder, err := m.Encoder(m.Labels, o)
	if err != nil {
		return nil, err
	}
	return features.Encode(encoder, examples, onError, &labelled.Skipped{})
}

// Encoder makes the features that the model reads; without labels, for prediction.
func (m *Model) Encoder(labels *labelled.Labels, o features.Options) (features.Encoder, error) {
	o.MaxLength = m.Length(o.MaxLength)
	return m.Kind.Encoder(m, labels, o)
}

// Pooling is the pooling of a sequence classifier, CLS for all else.
func (m *Model) Pooling() heads.Pooling {
	if s, ok := m.Network.(*heads.Sequence); ok {
		return s.Pooling
	}
	return heads.CLS
}

// Positions is the longest text that the model can read at once.
func (m *Model) Positions() int { return m.Network.Encoder().Config.MaxPositions }

// Length is how many tokens the model reads at once where so many are wanted; 0 wants all that it can,
// or less where its tokenizer says so (model_max_length).
func (m *Model) Length(wanted int) int {
	if wanted == 0 {
		if wanted = m.Tokenizer.MaxLength(); wanted == 0 {
			return m.Positions()
		}
	}
	return min(wanted, m.Positions())
}

// Shorter says that the model cannot read as many tokens at once as are wanted; empty where it can.
func (m *Model) Shorter(wanted int) string {
	positions := m.Positions()
	if wanted <= positions {
		return ""
	}
	return fmt.Sprintf("%d tokens are all that the model can read at once: a length of %d is taken as that", positions, wanted)
}

// Regularize sets the class weights and the label smoothing of the training loss. Balanced weights are those of scikit-learn:
// examples over classes times the examples of the class; for several labels at once, negatives over positives.
func (m *Model) Regularize(weights []float64, balanced bool, smoothing float64, train *features.Batch) error {
	if balanced {
		weights = m.balance(train)
	}
	if len(weights) > 0 && len(weights) != m.Labels.Len() {
		return fmt.Errorf("task: %d class weights for %d labels: %s", len(weights), m.Labels.Len(), m.Labels.List())
	}
	m.regularization.Smoothing, m.weights = smoothing, nil
	return torch.Run(func() error {
		m.regularization.ClassWeights.Free() // of an earlier call
		m.regularization.ClassWeights = nil
		if len(weights) == 0 {
			return nil
		}
		single := make([]float32, len(weights))
		for i, w := range weights {
			single[i] = float32(w)
		}
		m.weights, m.regularization.ClassWeights = single, torch.NewFrom(single, m.Device, int64(len(single)))
		return nil
	})
}

func (m *Model) balance(train *features.Batch) []float64 {
	counts := make([]float64, m.Labels.Len())
	total := 0.0
	for _, label := range slices.Concat(train.Classes, train.Tags) { // one of them is empty
		if label >= 0 {
			counts[label]++
			total++
		}
	}
	several := m.Labels.Problem == labelled.Multi
	for i, target := range train.Targets {
		counts[i%train.Width] += float64(target)
	}
	weights := make([]float64, len(counts))
	for i, n := range counts {
		switch {
		case n == 0:
			weights[i] = 1
		case several:
			weights[i] = (float64(train.Len()) - n) / n
		default:
			weights[i] = total / (float64(len(counts)) * n)
		}
	}
	return weights
}

// Close frees the network.
func (m *Model) Close() error { return m.Network.Encoder().Close() }
