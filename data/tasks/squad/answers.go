package squad

import (
	"io"

	"gobert/data/tasks"
)

// Reader gives questions. It is a tasks.Reader.
type Reader struct{}

// Open opens a file.
func Open(path string) (*Reader, error) { return nil, nil }

// Read reads from in; name is used in messages.
func Read(name string, in io.Reader) (*Reader, error) { return nil, nil }

// V2 reports whether a question without an answer was seen so far, or the file says it is version 2.
func (r *Reader) V2() bool { return false }

// Next returns the next question.
func (r *Reader) Next() (tasks.Example, error) { return tasks.Example{}, io.EOF }

// Close closes the file.
func (r *Reader) Close() error { return nil }

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
	Text        string  `json:"text"`
	Probability float64 `json:"probability"`
	First       float32 `json:"start_logit"`
	Last        float32 `json:"end_logit"`
	Start, End  int     `json:"-"` // byte offsets in the context; both 0 for no answer
}

// Prediction is what a question's logits say.
type Prediction struct {
	Text     string
	Best     []Candidate
	NullOdds float64 // V2: score of no answer less that of the best answer
}

// Predict finds the answer of a question from all its windows.
func Predict(context string, windows []Window, s Settings) Prediction { return Prediction{} }
