package task

import (
	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
)

// choice picks one of several continuations of a text.
type choice struct{}

// Facts are those of multiple choice, which PEFT has no name for: config.json tells.
func (choice) Facts() Facts {
	return Facts{
		Name: labelled.Choice, Architecture: "BertForMultipleChoice", Pipeline: "multiple-choice", AutoClass: "AutoModelForMultipleChoice",
		About: "multiple choice", Examples: Examples{"'a prompt' 'one choice' 'another choice'", "prompts.jsonl", "more.jsonl"},
		Smoothing: true,
	}
}

// Declare makes a head with a score for each choice.
func (choice) Declare(c bert.Config) (bert.Network, error) { return heads.NewChoice(c) }

// Encoder encodes the text with each of its choices.
func (choice) Encoder(m *Model, _ *labelled.Labels, o features.Options) (features.Encoder, error) {
	return features.NewChooser(m.Tokenizer, o)
}

// Targets are the right choices.
func (choice) Targets(p *torch.Pass, _ bert.Network, b *features.Batch) Targets {
	return Targets{Labels: classes(p, b.Classes)}
}

// Logits gives [F,choices].
func (choice) Logits(p *torch.Pass, n bert.Network, in *bert.Packed, b *features.Batch, _ *torch.Picked) *torch.Tensor {
	return n.(*heads.Choice).Logits(p, in, max(1, b.Choices))
}

// Loss is the cross-entropy of the choices.
func (choice) Loss(p *torch.Pass, n bert.Network, _ *bert.Packed, logits *torch.Tensor, t Targets, r heads.Regularization) *torch.Tensor {
	return n.(*heads.Choice).Loss(p, logits, t.Labels, r)
}

// Distance is that of the distributions over the choices.
func (choice) Distance(p *torch.Pass, _ bert.Network, _ *bert.Packed, t *Teacher, teacher, student *torch.Tensor) *torch.Tensor {
	return t.divergence(p, teacher, student)
}

// Labelled counts the examples with a right choice.
func (choice) Labelled(b *features.Batch) int { return counted(b.Classes) }

// Predict gives the number of the best choice, and its text.
func (choice) Predict(_ *Model, s *Scored, p *Prediction, _ Decoding) {
	best, chances := pick(s.row(0))
	probability := float32(chances[best])
	p.Choice, p.Probability, p.Label = &best, &probability, s.Example.Choices[best]
}

// Measures is the accuracy: the number of a choice is no class.
func (choice) Measures(*dataset.Dataset) (names []string, main string) {
	return []string{"accuracy"}, "accuracy"
}

// Results are picks without names.
func (choice) Results(_ *Model, o EvaluateOptions) Results { return &picks{task: o.Task} }
