package task

import (
	"fmt"
	"math"
	"slices"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/heads"
	"gobert/internal/sentencetransformers"
	"gobert/internal/torch"
)

// Model is a network for a task, with what is needed to use it.
type Model struct {
	Kind      labelled.Kind
	Network   bert.Network
	Tokenizer *wordpiece.Tokenizer
	Labels    *labelled.Labels // nil for Span and Choice
	Folder    string           // it was opened from
	New       []string         // parameters that the folder lacked: newly initialised
	Adapter   *AdapterInfo     // nil without LoRA

	Device  torch.Device
	Compute torch.DType

	long     int  // see Long
	logistic bool // a single score becomes 1/(1+exp(-score)), see value
}

// newNetwork declares the network of a kind of task.
func newNetwork(kind labelled.Kind, c bert.Config) (bert.Network, error) {
	switch kind {
	case labelled.Classify:
		return heads.NewSequence(c)
	case labelled.Tag:
		return heads.NewToken(c)
	case labelled.Span:
		return heads.NewSpan(c)
	case labelled.Choice:
		return heads.NewChoice(c)
	}
	return nil, fmt.Errorf("task: there is no head for tasks of the kind %q", kind)
}

// kinds are the tasks of the reference's classes.
var kinds = []struct {
	architecture string
	kind         labelled.Kind
}{
	{"BertForSequenceClassification", labelled.Classify},
	{"BertForTokenClassification", labelled.Tag},
	{"BertForQuestionAnswering", labelled.Span},
	{"BertForMultipleChoice", labelled.Choice},
}

// KindOf finds what a fine-tuned model is for.
func KindOf(c bert.Config) (labelled.Kind, bool) {
	for _, k := range kinds {
		if slices.Contains(c.Architectures, k.architecture) {
			return k.kind, true
		}
	}
	return "", false
}

// Problem is that of a classifier; empty for other kinds.
func (m *Model) Problem() labelled.Problem {
	if m.Kind != labelled.Classify || m.Labels == nil {
		return ""
	}
	return m.Labels.Problem
}

// setLabels writes a label set into a configuration.
func setLabels(c *bert.Config, kind labelled.Kind, labels *labelled.Labels) {
	c.ProblemType, c.NumLabels, c.ID2Label, c.Label2ID = "", 0, nil, nil
	c.Extra = sentencetransformers.ForgetActivation(c.Extra)
	if labels == nil {
		return
	}
	if kind == labelled.Classify {
		c.ProblemType = string(labels.Problem)
	}
	if kind == labelled.Choice {
		return
	}
	c.SetLabels(labels.Names...)
}

// labelsOf reads it.
func labelsOf(kind labelled.Kind, n bert.Network) *labelled.Labels {
	problem := labelled.Single
	if s, ok := n.(*heads.Sequence); ok {
		problem = labelled.Problem(s.Problem)
	}
	if kind == labelled.Span || kind == labelled.Choice {
		return nil
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
		return float32(1 / (1 + math.Exp(-float64(score))))
	}
	return score
}

// Encoder makes the features that the model reads.
func (m *Model) Encoder(o features.Options) (features.Encoder, error) {
	o.MaxLength = m.Length(o.MaxLength)
	switch m.Kind {
	case labelled.Classify:
		return features.NewClassifier(m.Tokenizer, m.Labels, o)
	case labelled.Tag:
		return features.NewTagger(m.Tokenizer, m.Labels, o)
	case labelled.Span:
		return features.NewReader(m.Tokenizer, o)
	}
	return features.NewChooser(m.Tokenizer, o)
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
	return Shorter(m.Positions(), wanted)
}

func Shorter(positions, wanted int) string {
	if wanted <= positions {
		return ""
	}
	return fmt.Sprintf("%d tokens are all that the model can read at once: a length of %d is taken as that", positions, wanted)
}

// Write saves the model and its tokenizer into a folder that exists, for [bert.Replace].
func (m *Model) Write(folder string, o bert.SaveOptions) error {
	if err := bert.Write(m.Network, folder, o); err != nil {
		return err
	}
	if err := m.Tokenizer.Save(folder); err != nil {
		return err
	}
	return m.writePooled(folder)
}

// Close frees the network.
func (m *Model) Close() error { return m.Network.Encoder().Close() }
