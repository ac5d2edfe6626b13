package task

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
	"gobert/train"
)

// Evaluation is what a model's scores say about labelled data.
type Evaluation struct {
	Examples int
	Values   []train.Value // named as in the record, without a prefix; the loss first
	Seconds  float64

	Set    *features.Set
	Scores *Outputs

	Gold, Predicted         []int      // classes of single labels and choices; -1 where unlabelled
	Truth, Guess            []float64  // numbers of a regression
	Several, SeveralGuess   [][]int    // labels of several, as 0 and 1
	GoldTags, PredictedTags [][]string // of the labelled words of each sentence
	TaggedWords             [][]int    // which words of the sentence these are
	Answers                 []squad.Prediction
	NoAnswer                []float64 // squad 2.0: how sure no answer is, for each question
}

// Value gives a measure by name.
func (e *Evaluation) Value(name string) (float64, bool) {
	for _, v := range e.Values {
		if v.Name == name {
			return v.Value, true
		}
	}
	return 0, false
}

// EvaluateOptions say how.
type EvaluateOptions struct {
	Task     string         // a name of GLUE's, for its own measures; else the kind decides
	Squad    squad.Settings // of answers
	Progress func(done, total int)
}

// Evaluate measures the model on a set that [Model.Features] made.
func (m *Model) Evaluate(ctx context.Context, set *features.Set, o EvaluateOptions) (*Evaluation, error) {
	began := time.Now()
	scores, err := m.Score(ctx, set, o.Progress)
	if err != nil {
		return nil, err
	}
	e := &Evaluation{Examples: len(set.Examples), Set: set, Scores: scores}
	switch m.Kind {
	case labelled.Classify:
		e.classify(m)
	case labelled.Choice:
		e.classes()
	case labelled.Tag:
		e.tags(m.Labels)
	case labelled.Span:
		e.answers(o.Squad)
	}
	if loss := e.loss(m); !math.IsNaN(loss) {
		e.Values = append(e.Values, train.Value{Name: "loss", Value: loss})
	}
	values, err := e.measure(m, o)
	e.Values = append(e.Values, values...)
	e.Seconds = time.Since(began).Seconds()
	return e, err
}

func (e *Evaluation) classify(m *Model) {
	b := &e.Set.All
	switch m.Labels.Problem {
	case labelled.Regression:
		for i, truth := range b.Targets {
			e.Truth, e.Guess = append(e.Truth, float64(truth)), append(e.Guess, float64(m.value(e.Scores.Logits[i])))
		}
	case labelled.Multi:
		for i := range b.Len() {
			truth, guess := make([]int, b.Width), make([]int, b.Width)
			for k, logit := range e.Scores.Row(i) {
				if b.Targets[i*b.Width+k] > 0.5 {
					truth[k] = 1
				}
				if logit > 0 { // a probability above one half
					guess[k] = 1
				}
			}
			e.Several, e.SeveralGuess = append(e.Several, truth), append(e.SeveralGuess, guess)
		}
	default:
		e.classes()
	}
}

// classes takes the best score of each feature.
func (e *Evaluation) classes() {
	for i, class := range e.Set.All.Classes {
		e.Gold, e.Predicted = append(e.Gold, int(class)), append(e.Predicted, argmax(e.Scores.Row(i)))
	}
}

func argmax(scores []float32) int {
	best := 0
	for i, x := range scores {
		if x > scores[best] {
			best = i
		}
	}
	return best
}

// tags takes the best score of each labelled token.
func (e *Evaluation) tags(labels *labelled.Labels) {
	b, row := &e.Set.All, 0
	for i := range b.Len() {
		var gold, guess []string
		var words []int
		for k := b.Offsets[i]; k < b.Offsets[i+1]; k++ {
			if b.Tags[k] == features.Ignored {
				continue
			}
			gold, guess = append(gold, labels.Names[b.Tags[k]]), append(guess, labels.Names[argmax(e.Scores.Row(row))])
			words = append(words, int(b.Words[k]))
			row++
		}
		e.GoldTags, e.PredictedTags, e.TaggedWords = append(e.GoldTags, gold), append(e.PredictedTags, guess), append(e.TaggedWords, words)
	}
}

// answers finds the answer of each question from all its windows.
func (e *Evaluation) answers(s squad.Settings) {
	for i := range e.Set.Examples {
		first, end := e.Set.Windows(i)
		var windows []squad.Window
		for f := first; f < end; f++ {
			windows = append(windows, window(&e.Set.All, e.Scores, f))
		}
		p := squad.Predict(e.Set.Examples[i].Pair, windows, s)
		e.Answers, e.NoAnswer = append(e.Answers, p), append(e.NoAnswer, p.NullOdds)
	}
}

// window is feature f of a batch with its scores, a row a token.
func window(b *features.Batch, scores *Outputs, f int) squad.Window {
	from, to := b.Offsets[f], b.Offsets[f+1]
	w := squad.Window{Starts: b.Starts[from:to], Ends: b.Ends[from:to]}
	for i := from; i < to; i++ {
		row := scores.Row(int(i))
		w.First, w.Last = append(w.First, row[0]), append(w.Last, row[1])
	}
	return w
}

// loss is the mean loss without smoothing and class weights, from the scores; NaN where nothing is labelled.
func (e *Evaluation) loss(m *Model) float64 {
	b := &e.Set.All
	sum, n := 0.0, 0.0
	add := func(row []float32, class int32) {
		if class >= 0 && int(class) < len(row) {
			sum += crossEntropy(row, int(class))
			n++
		}
	}
	switch {
	case m.Kind == labelled.Span:
		for f := range b.Len() {
			w := window(b, e.Scores, f)
			add(w.First, b.First[f])
			add(w.Last, b.Last[f])
		}
	case m.Kind == labelled.Tag:
		row := 0
		for _, tag := range b.Tags {
			if tag != features.Ignored {
				add(e.Scores.Row(row), tag)
				row++
			}
		}
	case len(b.Targets) > 0:
		for i, target := range b.Targets {
			x, y := float64(e.Scores.Logits[i]), float64(target)
			if m.Labels.Problem == labelled.Regression {
				sum += (x - y) * (x - y)
			} else {
				sum += max(x, 0) - x*y + math.Log1p(math.Exp(-math.Abs(x)))
			}
			n++
		}
	default:
		for i, class := range b.Classes {
			add(e.Scores.Row(i), class)
		}
	}
	return sum / n
}

func crossEntropy(row []float32, class int) float64 {
	return logSum(row) - float64(row[class])
}

// logSum is the logarithm of the sum of the exponentials.
func logSum(row []float32) float64 {
	top := float64(row[argmax(row)])
	sum := 0.0
	for _, x := range row {
		sum += math.Exp(float64(x) - top)
	}
	return top + math.Log(sum)
}

// Softmax turns scores into probabilities.
func Softmax(row []float32) []float64 {
	total := logSum(row)
	out := make([]float64, len(row))
	for i, x := range row {
		out[i] = math.Exp(float64(x) - total)
	}
	return out
}

// Line writes the measures in one line.
func (e *Evaluation) Line() string {
	parts := make([]string, len(e.Values))
	for i, v := range e.Values {
		parts[i] = fmt.Sprintf("%s %.4f", v.Name, v.Value)
	}
	return strings.Join(parts, ", ")
}
