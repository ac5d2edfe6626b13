package pipeline

import (
	"context"
	"fmt"

	"gobert/data/labelled"
	"gobert/internal/fault"
	"gobert/task"
)

// Class is what [Pipeline.Classify] says about a text.
type Class struct {
	Label       string        // the best one; empty where there may be several, and for numbers
	Probability float32       // of the best label
	Labels      []task.Chance // several labels: those that are probable enough; with Options.Top: the most probable ones
	Value       float32       // of a regression
	Values      []task.Number // of one that gives several numbers
}

// Classify gives each text its label, labels or number.
func (p *Pipeline) Classify(ctx context.Context, texts []string) ([]Class, error) {
	return p.classify(ctx, "Classify", plain(texts))
}

// ClassifyPairs gives each pair of texts its label, labels or number.
func (p *Pipeline) ClassifyPairs(ctx context.Context, pairs [][2]string) ([]Class, error) {
	return p.classify(ctx, "ClassifyPairs", examplesOf(pairs, func(pair [2]string) labelled.Example {
		return labelled.Example{Text: pair[0], Pair: pair[1], HasPair: true}
	}))
}

func (p *Pipeline) classify(ctx context.Context, call string, examples []labelled.Example) ([]Class, error) {
	return predict(ctx, p, call, task.Classify, examples, func(x *task.Prediction) Class {
		c := Class{Label: x.Label, Labels: x.Labels, Values: x.Values}
		if x.Probability != nil {
			c.Probability = *x.Probability
		}
		if x.Value != nil {
			c.Value = *x.Value
		}
		return c
	})
}

// Tag finds the entities of each text.
func (p *Pipeline) Tag(ctx context.Context, texts []string) ([][]task.Entity, error) {
	return predict(ctx, p, "Tag", task.Tag, plain(texts), func(x *task.Prediction) []task.Entity { return *x.Entities })
}

// TagWords gives each word of each sentence its tag.
func (p *Pipeline) TagWords(ctx context.Context, sentences [][]string) ([][]string, error) {
	examples := examplesOf(sentences, func(words []string) labelled.Example { return labelled.Example{Words: words} })
	return predict(ctx, p, "TagWords", task.Tag, examples, func(x *task.Prediction) []string { return x.Tags })
}

// Question asks for an answer that stands in a text.
type Question struct{ Text, Context string }

// Answer is a part of the text that was asked.
type Answer struct {
	Text       string // empty: there is no answer, where a model may say so
	Score      float32
	Start, End int              // in characters of the context
	Best       []task.Candidate // with Options.Best: the best answers
}

// Answer finds the answer to each question.
func (p *Pipeline) Answer(ctx context.Context, questions []Question) ([]Answer, error) {
	examples := examplesOf(questions, func(q Question) labelled.Example {
		return labelled.Example{Text: q.Text, Pair: q.Context, HasPair: true}
	})
	return predict(ctx, p, "Answer", task.Span, examples, func(x *task.Prediction) Answer {
		a := Answer{Text: *x.Answer, Best: x.Best}
		if x.Score != nil {
			a.Score, a.Start, a.End = *x.Score, *x.Start, *x.End
		}
		if a.Start == a.End && a.Text != "" { // SQuAD's program writes "empty", as if it were sure, where there is nothing to choose from
			a.Text, a.Score = "", 0
		}
		return a
	})
}

// Prompt is a text and the ways in which it may go on.
type Prompt struct {
	Text    string
	Choices []string
}

// Choice is how a text goes on best.
type Choice struct {
	Index       int
	Text        string
	Probability float32
}

// Choose picks the best choice of each prompt.
func (p *Pipeline) Choose(ctx context.Context, prompts []Prompt) ([]Choice, error) {
	examples := examplesOf(prompts, func(x Prompt) labelled.Example { return labelled.Example{Text: x.Text, Choices: x.Choices} })
	return predict(ctx, p, "Choose", task.Choice, examples, func(x *task.Prediction) Choice { return Choice{*x.Choice, x.Label, *x.Probability} })
}

// examplesOf makes an example of each thing that was given.
func examplesOf[T any](given []T, example func(T) labelled.Example) []labelled.Example {
	list := make([]labelled.Example, len(given))
	for i, x := range given {
		list[i] = example(x)
		list[i].Origin = labelled.Origin{File: "the call", Record: i + 1}
	}
	return list
}

// plain makes examples of texts.
func plain(texts []string) []labelled.Example {
	return examplesOf(texts, func(text string) labelled.Example { return labelled.Example{Text: text} })
}

// predict predicts for examples in memory.
func predict[R any](ctx context.Context, p *Pipeline, call string, kind task.Kind, examples []labelled.Example, result func(*task.Prediction) R) ([]R, error) {
	if err := p.isFor(call, kind); err != nil {
		return nil, err
	}
	list, decoding := make([]R, 0, len(examples)), p.Decoding()
	long, err := p.Score(ctx, 0, labelled.Given(examples), func(s *task.Scored) error {
		if s.Err == nil {
			list = append(list, result(p.Model.Predict(s, decoding)))
		}
		return s.Err
	})
	if err != nil {
		return nil, err
	}
	p.warnOf(long)
	return list, nil
}

// PurposeError says that a model was asked for what it was not trained for.
type PurposeError struct {
	Folder string
	Call   string // that was made
	Why    string // it cannot be answered
	Advice string
}

// Error names the folder, the call and what would fit.
func (e *PurposeError) Error() string {
	return fault.WithHint(fmt.Sprintf("pipeline: %s of %s: %s", e.Call, e.Folder, e.Why), e.Advice)
}

// Hint is the advice.
func (e *PurposeError) Hint() string { return e.Advice }

// Tuned is an error where the model is not fine-tuned for a task.
func (p *Pipeline) Tuned() error { return p.isFor("use", nil) }

// calls are what fits a kind.
var calls = map[task.Kind]string{task.Classify: "Classify or ClassifyPairs", task.Tag: "Tag or TagWords", task.Span: "Answer", task.Choice: "Choose"}

// isFor refuses calls that the model was not trained for; a nil kind fits those of every task.
func (p *Pipeline) isFor(call string, kind task.Kind) error {
	switch own := p.Model.Kind; {
	case own == nil:
		return &PurposeError{p.Model.Folder, call, "the model is not fine-tuned for a task", fault.Command("finetune train {model} %s {task} ...", p.Model.Folder)}
	case kind != nil && own != kind:
		return &PurposeError{p.Model.Folder, call, "the model is for " + string(own.Facts().Name), "call " + calls[own]}
	}
	return nil
}
