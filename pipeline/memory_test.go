package pipeline

import (
	"context"
	"io"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/task"
)

// predictAll predicts for examples in memory.
func predictAll(t *testing.T, m *task.Model, examples []labelled.Example, o task.Decoding) (list []*task.Prediction) {
	t.Helper()
	_, err := Stream(context.Background(), m, &memory{examples}, features.Options{MaxLength: 32}, func(s *task.Scored) error {
		list = append(list, m.Predict(s, o))
		return s.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// memory is a reader of examples in memory.
type memory struct{ left []labelled.Example }

// Next gives the next one.
func (r *memory) Next() (labelled.Example, error) {
	if len(r.left) == 0 {
		return labelled.Example{}, io.EOF
	}
	e := r.left[0]
	r.left = r.left[1:]
	return e, nil
}

// Close does nothing.
func (r *memory) Close() error { return nil }
