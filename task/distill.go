package task

import (
	"errors"
	"fmt"

	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/internal/torch"
)

// Teacher is a fine-tuned model whose scores a smaller one learns to give (Hinton et al. 2015; on BERT: Sanh et al. 2019).
type Teacher struct {
	Model       *Model
	Temperature float64 // softens both distributions
	Alpha       float64 // share of the teacher in the loss; the labels have the rest
}

// NewTeacher checks that a teacher fits its student: the same task, labels and tokenizer.
func NewTeacher(teacher, student *Model, temperature, alpha float64) (*Teacher, error) {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("task: the teacher: "+format, args...))
	}
	if !(temperature > 0) || !(alpha > 0 && alpha <= 1) {
		fault("temperature %v and alpha %v: expected a positive temperature and an alpha above 0 and up to 1", temperature, alpha)
	}
	if len(teacher.New) > 0 {
		fault("%s is not fine-tuned: it lacks %s", teacher.Folder, teacher.New[0])
	}
	if teacher.Kind != student.Kind {
		fault("it is for %s, the student for %s", teacher.Kind.Facts().Name, student.Kind.Facts().Name)
	} else if a, b := teacher.Labels, student.Labels; a != nil && b != nil {
		if fmt.Sprint(a.Names) != fmt.Sprint(b.Names) || a.Problem != b.Problem {
			fault("its labels are %s (%s), the student's %s (%s)", a.List(), a.Problem, b.List(), b.Problem)
		}
	}
	if teacher.Tokenizer.Hash() != student.Tokenizer.Hash() {
		fault("its tokenizer is not the student's: both must read the same ids")
	}
	return &Teacher{teacher, temperature, alpha}, errors.Join(faults...)
}

// mix adds a share of the distance between the teacher's scores and the student's to the student's loss, nil for none.
func (t *Teacher) mix(p *torch.Pass, in *bert.Packed, student, loss, teacher *torch.Tensor, share float64) *torch.Tensor {
	distance := part(p, t.Model.Kind.Distance(p, t.Model.Network, in, t, teacher, p.Cast(student, torch.Float32)), share)
	if loss == nil {
		return p.Scale(distance, t.Alpha)
	}
	return p.Add(p.Scale(distance, t.Alpha), p.Scale(loss, 1-t.Alpha))
}

// divergence is the mean Kullback-Leibler divergence of the student's rows from the teacher's, both softened, times the
// temperature squared, so that its gradient does not shrink with it.
func (t *Teacher) divergence(p *torch.Pass, teacher, student *torch.Tensor) *torch.Tensor {
	soft := p.LogSoftmax(p.Scale(teacher, 1/t.Temperature), -1, torch.Float32)
	mine := p.LogSoftmax(p.Scale(student, 1/t.Temperature), -1, torch.Float32)
	sum := p.Sum(p.Mul(p.Softmax(p.Scale(teacher, 1/t.Temperature), -1, torch.Float32), p.Sub(soft, mine)), torch.Float32)
	return p.Scale(sum, t.Temperature*t.Temperature/float64(teacher.Dim(0)))
}

// scores runs the teacher, without dropout and without a graph; for tags over the given rows.
func (t *Teacher) scores(p *torch.Pass, b *features.Batch, rows *torch.Picked) (*torch.Tensor, error) {
	inner := torch.Begin(torch.Mode{Many: true, Device: t.Model.Device, Compute: t.Model.Compute})
	defer inner.Close()
	in, err := t.Model.pack(inner, b)
	if err != nil {
		return nil, err
	}
	logits := inner.Cast(t.Model.Kind.Logits(inner, t.Model.Network, in, b, rows), torch.Float32)
	return p.Adopt(inner.Keep(logits)), nil
}
