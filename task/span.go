package task

import (
	"unicode/utf8"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
	"gobert/heads"
	"gobert/internal/torch"
)

// span finds the part of a text that answers a question.
type span struct{}

// Facts are those of extractive question answering.
func (span) Facts() Facts {
	return Facts{
		Name: labelled.Span, Architecture: "BertForQuestionAnswering", PEFT: "QUESTION_ANS",
		Pipeline: "question-answering", AutoClass: "AutoModelForQuestionAnswering", ByToken: true,
		About: "answers in a text", Examples: Examples{"'a question' 'a text that answers it'", "questions.json", "more.json"},
	}
}

// Declare makes a head with two scores for each token.
func (span) Declare(c bert.Config) (bert.Network, error) { return heads.NewSpan(c) }

// Encoder encodes a question with the windows of its context.
func (span) Encoder(m *Model, _ *labelled.Labels, o features.Options) (features.Encoder, error) {
	return features.NewReader(m.Tokenizer, o)
}

// Targets are the first and the last token of each answer.
func (span) Targets(p *torch.Pass, _ bert.Network, b *features.Batch) Targets {
	return Targets{Labels: classes(p, b.First), Last: classes(p, b.Last)}
}

// Logits gives [N,2].
func (span) Logits(p *torch.Pass, n bert.Network, in *bert.Packed, _ *features.Batch, _ *torch.Picked) *torch.Tensor {
	return n.(*heads.Span).Logits(p, in)
}

// Loss is the mean of the cross-entropies of the first and the last token.
func (span) Loss(p *torch.Pass, n bert.Network, in *bert.Packed, logits *torch.Tensor, t Targets, _ heads.Regularization) *torch.Tensor {
	return n.(*heads.Span).Loss(p, in, logits, t.Labels, t.Last)
}

// Distance is that of the distributions of the first and of the last token over each sequence.
func (span) Distance(p *torch.Pass, _ bert.Network, in *bert.Packed, t *Teacher, teacher, student *torch.Tensor) *torch.Tensor {
	from, to := p.PadRows(teacher, in.Sequences, heads.PaddedLogit), p.PadRows(student, in.Sequences, heads.PaddedLogit)
	first := t.divergence(p, p.Select(from, 2, 0), p.Select(to, 2, 0))
	last := t.divergence(p, p.Select(from, 2, 1), p.Select(to, 2, 1))
	return p.Scale(p.Add(first, last), 0.5)
}

// Labelled counts windows; each has both tokens or none.
func (span) Labelled(b *features.Batch) int { return counted(b.First) }

// Predict finds the answer in all windows of the context.
func (span) Predict(_ *Model, s *Scored, p *Prediction, o Decoding) {
	found := answer(s, o.Squad)
	p.Named = squad.Named{ID: s.Example.ID, Prediction: found}
	p.Answer = &found.Text
	for _, c := range found.Best {
		if c.Text == found.Text {
			score := float32(c.Probability)
			start, end := characters(s.Example.Pair, c.Start), characters(s.Example.Pair, c.End)
			p.Score, p.Start, p.End = &score, &start, &end
			break
		}
	}
	for _, c := range found.Best[:min(o.Best, len(found.Best))] {
		p.Best = append(p.Best, Candidate{c.Text, float32(c.Probability)})
	}
}

// answer looks for the answer of a question in all its windows.
func answer(s *Scored, o squad.Settings) squad.Prediction {
	var windows []squad.Window
	b := s.Batch
	for f := s.First; f < s.End; f++ {
		from, to := b.Offsets[f], b.Offsets[f+1]
		w := squad.Window{Starts: b.Starts[from:to], Ends: b.Ends[from:to]}
		for i := from; i < to; i++ {
			row := s.token(i)
			w.First, w.Last = append(w.First, row[0]), append(w.Last, row[1])
		}
		windows = append(windows, w)
	}
	return squad.Predict(s.Example.Pair, windows, o)
}

// characters turns a byte offset into a number of characters.
func characters(text string, offset int) int {
	return utf8.RuneCountInString(text[:min(offset, len(text))])
}

// Measures are those of SQuAD's two programs.
func (span) Measures(d *dataset.Dataset) (names []string, main string) {
	if !d.V2 {
		return []string{"exact_match", "f1"}, "f1"
	}
	return []string{
		"exact", "f1", "total", "HasAns_exact", "HasAns_f1", "HasAns_total", "NoAns_exact", "NoAns_f1", "NoAns_total",
		"best_exact", "best_exact_thresh", "best_f1", "best_f1_thresh",
	}, "f1"
}

// Results are answers.
func (span) Results(_ *Model, o EvaluateOptions) Results { return &answers{squad: o.Squad} }
