package task

import (
	"math"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/internal/metrics"
	"gobert/train"
)

// measure computes the official figures of the task.
func (e *Evaluation) measure(m *Model, o EvaluateOptions) (list []train.Value, err error) {
	task, _ := dataset.FindGLUE(o.Task)
	fits := m.Kind == labelled.Classify && m.Labels.Problem == task.Problem && (m.Labels.Len() == len(task.Labels) || task.Problem == labelled.Regression)
	truth, guess := e.Labelled()
	switch {
	case m.Kind == labelled.Tag:
		return e.measureTags()
	case m.Kind == labelled.Span:
		return e.measureAnswers(o.Squad.V2)
	case m.Kind == labelled.Classify && m.Labels.Problem == labelled.Regression:
		list, err = e.measureNumbers(numbers(e.Truth, e.Guess))
	case m.Kind == labelled.Classify && m.Labels.Problem == labelled.Multi:
		return e.measureSeveral(m.Labels.Len())
	case len(truth) > 0:
		list, err = e.measureClasses(truth, guess)
	}
	if fits && len(task.Measures) > 0 && len(list) > 0 {
		list = official(task, list)
	}
	return list, err
}

// official are the measures that GLUE's program gives, and their mean where there are several.
func official(t dataset.GLUETask, list []train.Value) (chosen []train.Value) {
	mean := train.Value{Name: dataset.CombinedScore}
	for _, name := range t.Measures {
		for _, v := range list {
			if v.Name == name {
				chosen = append(chosen, v)
				mean.Value += v.Value / float64(len(t.Measures))
			}
		}
	}
	if len(t.Measures) > 1 {
		chosen = append(chosen, mean)
	}
	return chosen
}

// Labelled are the classes of the examples that have one, and what was predicted for them.
func (e *Evaluation) Labelled() (truth, guess []int) {
	for i, class := range e.Gold {
		if class >= 0 {
			truth, guess = append(truth, class), append(guess, e.Predicted[i])
		}
	}
	return truth, guess
}

func numbers(truth, guess []float64) (a, b []float64) {
	for i, x := range truth {
		if !math.IsNaN(x) {
			a, b = append(a, x), append(b, guess[i])
		}
	}
	return a, b
}

func values(list []metrics.Value, err error) ([]train.Value, error) {
	out := make([]train.Value, len(list))
	for i, v := range list {
		out[i] = train.Value(v)
	}
	return out, err
}

func (e *Evaluation) measureClasses(truth, guess []int) ([]train.Value, error) {
	c, err := metrics.NewConfusion(truth, guess, e.Scores.Width)
	if err != nil {
		return nil, err
	}
	out := []train.Value{{Name: "accuracy", Value: c.Accuracy()}}
	if e.Set.All.Choices > 1 {
		return out, nil // the number of a choice is no class
	}
	if len(c) == 2 {
		one := c.Class(1)
		out = append(out, train.Value{Name: "precision", Value: one.Precision}, train.Value{Name: "recall", Value: one.Recall}, train.Value{Name: "f1", Value: one.F1})
	}
	macro := c.Average(metrics.Macro)
	return append(out, train.Value{Name: "precision_macro", Value: macro.Precision}, train.Value{Name: "recall_macro", Value: macro.Recall},
		train.Value{Name: "f1_macro", Value: macro.F1}, train.Value{Name: "f1_weighted", Value: c.Average(metrics.Weighted).F1},
		train.Value{Name: "matthews_correlation", Value: c.Matthews()}), nil
}

func (e *Evaluation) measureNumbers(truth, guess []float64) (out []train.Value, err error) {
	for _, f := range []struct {
		name string
		of   func(a, b []float64) (float64, error)
	}{{"pearson", metrics.Pearson}, {"spearmanr", metrics.Spearman}, {"mse", metrics.MSE}, {"mae", metrics.MAE}} {
		v, err := f.of(truth, guess)
		if err != nil {
			return nil, err
		}
		out = append(out, train.Value{Name: f.name, Value: v})
	}
	return out, nil
}

func (e *Evaluation) measureSeveral(classes int) ([]train.Value, error) {
	m, err := metrics.NewMultilabel(yes(e.Several), yes(e.SeveralGuess), classes)
	if err != nil {
		return nil, err
	}
	return []train.Value{
		{Name: "f1_micro", Value: m.Average(metrics.Micro).F1},
		{Name: "f1_macro", Value: m.Average(metrics.Macro).F1},
		{Name: "f1_samples", Value: m.Average(metrics.Samples).F1},
		{Name: "precision_micro", Value: m.Average(metrics.Micro).Precision},
		{Name: "recall_micro", Value: m.Average(metrics.Micro).Recall},
		{Name: "accuracy", Value: m.Accuracy()},
		{Name: "hamming", Value: m.Hamming()},
	}, nil
}

func yes(rows [][]int) [][]bool {
	out := make([][]bool, len(rows))
	for i, row := range rows {
		for _, x := range row {
			out[i] = append(out[i], x != 0)
		}
	}
	return out
}

func (e *Evaluation) measureTags() ([]train.Value, error) {
	r, err := metrics.Entities(e.GoldTags, e.PredictedTags)
	if err != nil {
		return nil, err
	}
	return []train.Value{
		{Name: "precision", Value: r.Micro.Precision},
		{Name: "recall", Value: r.Micro.Recall},
		{Name: "f1", Value: r.Micro.F1},
		{Name: "accuracy", Value: r.Accuracy},
	}, nil
}

func (e *Evaluation) measureAnswers(v2 bool) ([]train.Value, error) {
	questions, predictions, none := e.Questions()
	if v2 {
		return values(metrics.SQuAD2(questions, predictions, none, 0))
	}
	list, _, err := metrics.SQuAD1(questions, predictions)
	return values(list, err)
}

// Questions are the questions with their right answers, the answers predicted, and how sure "no answer" is.
func (e *Evaluation) Questions() (questions []metrics.Question, predictions map[string]string, none map[string]float64) {
	predictions, none = map[string]string{}, map[string]float64{}
	for i := range e.Set.Examples {
		q := metrics.Question{ID: questionID(&e.Set.Examples[i], i)}
		for _, a := range e.Set.Examples[i].Answers {
			q.Answers = append(q.Answers, a.Text)
		}
		questions = append(questions, q)
		predictions[q.ID], none[q.ID] = e.Answers[i].Text, e.NoAnswer[i]
	}
	return questions, predictions, none
}
