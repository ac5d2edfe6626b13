package task

import (
	"cmp"
	"math"
	"slices"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/train"
)

// classify gives a label, several labels or a number to a text or a pair.
type classify struct{}

// Facts are those of text classification.
func (classify) Facts() Facts {
	return Facts{
		Name: labelled.Classify, Architecture: "BertForSequenceClassification", PEFT: "SEQ_CLS",
		Pipeline: "text-classification", AutoClass: "AutoModelForSequenceClassification",
		About: "labels of texts", Examples: Examples{"'a text of your own'", "texts.txt", "more.tsv"},
		Labels: true, Pooling: true, Weights: true, Smoothing: true,
	}
}

// Declare makes a classifier of sequences.
func (classify) Declare(c bert.Config) (bert.Network, error) { return heads.NewSequence(c) }

// Encoder encodes texts and pairs.
func (classify) Encoder(m *Model, labels *labelled.Labels, o features.Options) (features.Encoder, error) {
	return features.NewClassifier(m.Tokenizer, labels, o)
}

// Targets are classes, or numbers.
func (classify) Targets(p *torch.Pass, n bert.Network, b *features.Batch) Targets {
	if n.(*heads.Sequence).Problem == heads.SingleLabel {
		return Targets{Labels: classes(p, b.Classes)}
	}
	return Targets{Labels: torch.From(p, b.Targets, int64(b.Len()), int64(b.Width))}
}

// Logits gives [F,C].
func (classify) Logits(p *torch.Pass, n bert.Network, in *bert.Packed, _ *features.Batch, _ *torch.Picked) *torch.Tensor {
	return n.(*heads.Sequence).Logits(p, in)
}

// Loss is that of the head's problem.
func (classify) Loss(p *torch.Pass, n bert.Network, _ *bert.Packed, logits *torch.Tensor, t Targets, r heads.Regularization) *torch.Tensor {
	return n.(*heads.Sequence).Loss(p, logits, t.Labels, r)
}

// Distance is one of numbers, of probabilities of labels, or of a distribution over them.
func (classify) Distance(p *torch.Pass, n bert.Network, _ *bert.Packed, t *Teacher, teacher, student *torch.Tensor) *torch.Tensor {
	switch n.(*heads.Sequence).Problem {
	case heads.Regression:
		return p.MeanSquaredError(student, teacher)
	case heads.MultiLabel:
		soft := p.Sigmoid(p.Scale(teacher, 1/t.Temperature))
		return p.Scale(p.BinaryCrossEntropy(p.Scale(student, 1/t.Temperature), soft, nil), t.Temperature*t.Temperature)
	}
	return t.divergence(p, teacher, student)
}

// Labelled counts classes, or targets.
func (classify) Labelled(b *features.Batch) int { return len(b.Targets) + counted(b.Classes) }

// Predict gives the best label, all that are probable enough, or numbers.
func (classify) Predict(m *Model, s *Scored, p *Prediction, o Decoding) {
	logits := s.row(0)
	switch m.Labels.Problem {
	case labelled.Regression:
		if len(logits) == 1 {
			value := m.value(logits[0])
			p.Value = &value
			return
		}
		for i, x := range logits {
			p.Values = append(p.Values, Number{m.Labels.Names[i], x})
		}
		return
	case labelled.Multi:
		least := o.Threshold
		if least == 0 {
			least = even
		}
		p.Labels = []Chance{}
		for i, x := range logits {
			if chance := logistic(x); chance > least || o.Top > 0 {
				p.Labels = append(p.Labels, Chance{m.Labels.Names[i], float32(chance)})
			}
		}
	default:
		best, chances := pick(logits)
		probability := float32(chances[best])
		p.Label, p.Probability = m.Labels.Names[best], &probability
		if o.Top == 0 {
			return
		}
		for i, chance := range chances {
			p.Labels = append(p.Labels, Chance{m.Labels.Names[i], float32(chance)})
		}
	}
	if o.Top > 0 {
		slices.SortStableFunc(p.Labels, func(a, b Chance) int { return cmp.Compare(b.Probability, a.Probability) })
		p.Labels = p.Labels[:min(o.Top, len(p.Labels))]
	}
}

// Measures are GLUE's own for its tasks.
func (classify) Measures(d *dataset.Dataset) (names []string, main string) {
	if t, _ := dataset.FindGLUE(d.Task); len(t.Measures) > 0 {
		names = slices.Clone(t.Measures)
		if len(names) > 1 {
			names = append(names, dataset.CombinedScore)
		}
		return names, t.Best()
	}
	switch d.Labels.Problem {
	case labelled.Regression:
		return []string{"pearson", "spearmanr", "mse", "mae"}, "pearson"
	case labelled.Multi:
		return []string{"f1_micro", "f1_macro", "f1_samples", "precision_micro", "recall_micro", "accuracy", "hamming"}, "f1_micro"
	}
	names = []string{"accuracy"}
	if d.Labels.Len() == 2 {
		names = append(names, "precision", "recall", "f1")
	}
	return append(names, "precision_macro", "recall_macro", "f1_macro", "f1_weighted", "matthews_correlation"), "accuracy"
}

// Results are those of the problem.
func (classify) Results(m *Model, o EvaluateOptions) Results {
	switch m.Labels.Problem {
	case labelled.Regression:
		return &numbers{task: o.Task}
	case labelled.Multi:
		return &labelSets{names: m.Labels.Names}
	}
	return &picks{task: o.Task, names: m.Labels.Names, width: m.Labels.Len()}
}

// official are those of all measures that GLUE's program gives for a task that fits, and their mean where there are several.
func official(task string, problem labelled.Problem, labels int, list []train.Value) []train.Value {
	t, _ := dataset.FindGLUE(task)
	if len(t.Measures) == 0 || t.Problem != problem || problem != labelled.Regression && len(t.Labels) != labels {
		return list
	}
	var chosen []train.Value
	mean := train.Value{Name: dataset.CombinedScore}
	for _, name := range t.Measures {
		if value, ok := train.Find(list, name); ok {
			chosen = append(chosen, train.Value{Name: name, Value: value})
			mean.Value += value / float64(len(t.Measures))
		}
	}
	if len(t.Measures) > 1 {
		chosen = append(chosen, mean)
	}
	return chosen
}

// even is the probability above which a label is more likely than not.
const even = 0.5

func logistic(x float32) float64 { return 1 / (1 + math.Exp(-float64(x))) }

// pick finds the best score of a row, and what all of them are as probabilities.
func pick(row []float32) (best int, chances []float64) { return argmax(row), softmax(row) }

func argmax(scores []float32) int {
	best := 0
	for i, x := range scores {
		if x > scores[best] {
			best = i
		}
	}
	return best
}

// softmax turns scores into probabilities.
func softmax(row []float32) []float64 {
	top, sum := float64(row[argmax(row)]), 0.0
	for _, x := range row {
		sum += math.Exp(float64(x) - top)
	}
	total := top + math.Log(sum)
	out := make([]float64, len(row))
	for i, x := range row {
		out[i] = math.Exp(float64(x) - total)
	}
	return out
}

// counted is how many labels there are among those that may be missing.
func counted(labels []int32) (n int) {
	for _, label := range labels {
		if label >= 0 {
			n++
		}
	}
	return n
}

// classes uploads labels.
func classes(p *torch.Pass, labels []int32) *torch.Tensor {
	wide := make([]int64, len(labels))
	for i, label := range labels {
		wide[i] = int64(label)
	}
	return torch.From(p, wide, int64(len(wide)))
}
