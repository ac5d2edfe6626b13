package squad

import (
	"math"
	"slices"
)

// Settings are those of the reference's post-processing.
type Settings struct {
	V2            bool    // there may be no answer
	Best          int     // n_best_size (0: 20)
	MaxLength     int     // max_answer_length, in tokens (0: 30)
	NullThreshold float64 // null_score_diff_threshold
}

// Window is one feature of a question with its logits. Starts, Ends are byte offsets of each token in the context, -1 for
// tokens that are not of it. MaxContext is nil, or says for each token whether this window shows it best.
type Window struct {
	First, Last  []float32
	Starts, Ends []int32
	MaxContext   []bool
}

// Candidate is one possible answer.
type Candidate struct {
	Text        string
	Probability float64
	First, Last float32 // logits
	Start, End  int     // byte offsets in the context; both 0 for no answer
}

// standIn reports whether a candidate is the word "empty" that the reference puts where there is no other: its place says so.
func (c *Candidate) standIn() bool { return c.Text == "empty" && c.End == 0 }

// Prediction is what a question's logits say.
type Prediction struct {
	Text     string
	Answer   Candidate   // the best one that is not empty, whatever the threshold says
	Best     []Candidate // the best first
	NullOdds float64     // V2: score of no answer less that of the best answer
}

// scored is a candidate before it has a text.
type scored struct {
	Candidate
	score float32
}

// Predict finds the answer of a question from all its windows, as postprocess_qa_predictions of transformers' utils_qa.py
// does, in the reference's order and precision (fp32). Equal logits are ordered as a stable sort would; numpy's order of
// them depends on the processor.
func Predict(context string, windows []Window, s Settings) Prediction {
	if s.Best == 0 {
		s.Best = 20
	}
	if s.MaxLength == 0 {
		s.MaxLength = 30
	}
	var found []scored
	null := scored{score: float32(math.Inf(1))}
	for i := range windows {
		w := &windows[i]
		if len(w.First) == 0 {
			continue
		}
		if score := w.First[0] + w.Last[0]; i == 0 || score < null.score {
			null = scored{Candidate{First: w.First[0], Last: w.Last[0]}, score}
		}
		found = w.candidates(found, s)
	}
	if s.V2 {
		found = append(found, null)
	}
	slices.SortStableFunc(found, func(a, b scored) int { return descending(a.score, b.score) })
	found = found[:min(len(found), s.Best)]
	if s.V2 && !slices.ContainsFunc(found, func(c scored) bool { return c.Start == 0 && c.End == 0 }) {
		found = append(found, null)
	}
	for i := range found {
		c := &found[i]
		if c.Start <= c.End && c.End <= len(context) {
			c.Text = context[c.Start:c.End]
		}
	}
	if len(found) == 0 || len(found) == 1 && found[0].Text == "" {
		// The reference does so, that there be an answer that is not empty.
		found = slices.Insert(found, 0, scored{Candidate: Candidate{Text: "empty"}})
	}
	return decide(found, null, s)
}

func descending(a, b float32) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// candidates appends every pair of the best first and last tokens that makes an answer.
func (w *Window) candidates(found []scored, s Settings) []scored {
	firsts, lasts := largest(w.First, s.Best), largest(w.Last, s.Best)
	for _, first := range firsts {
		for _, last := range lasts {
			if first >= len(w.Starts) || last >= len(w.Starts) || w.Starts[first] < 0 || w.Starts[last] < 0 {
				continue
			}
			if last < first || last-first+1 > s.MaxLength || w.MaxContext != nil && !w.MaxContext[first] {
				continue
			}
			found = append(found, scored{Candidate{
				First: w.First[first], Last: w.Last[last],
				Start: int(w.Starts[first]), End: int(w.Ends[last]),
			}, w.First[first] + w.Last[last]})
		}
	}
	return found
}

// largest gives the places of the n largest values, the largest first; of equal ones the last place first, as a stable
// ascending sort read backwards has them.
func largest(values []float32, n int) []int {
	n = min(n, len(values))
	best := make([]int, 0, n+1)
	for i, v := range values {
		if len(best) == n && (n == 0 || values[best[n-1]] > v) {
			continue
		}
		at := len(best)
		for at > 0 && values[best[at-1]] <= v {
			at--
		}
		best = slices.Insert(best, at, i)
		best = best[:min(len(best), n)]
	}
	return best
}

// decide computes probabilities and weighs the best answer against none.
func decide(found []scored, null scored, s Settings) Prediction {
	top := found[0].score
	for _, c := range found {
		top = max(top, c.score)
	}
	sum := 0.0
	for i := range found {
		found[i].Probability = math.Exp(float64(found[i].score - top))
		sum += found[i].Probability
	}
	p := Prediction{Best: make([]Candidate, len(found))}
	for i := range found {
		found[i].Probability /= sum
		p.Best[i] = found[i].Candidate
	}
	best := slices.IndexFunc(p.Best, func(c Candidate) bool { return c.Text != "" })
	if best < 0 {
		return p // Only contexts that the reference fails on.
	}
	p.Answer = p.Best[best]
	if !s.V2 {
		p.Text = p.Best[0].Text
		p.Answer = p.Best[0]
		return p
	}
	p.NullOdds = float64(null.score - p.Answer.First - p.Answer.Last)
	if !(p.NullOdds > s.NullThreshold) {
		p.Text = p.Answer.Text
	}
	return p
}
