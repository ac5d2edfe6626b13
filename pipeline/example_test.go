package pipeline_test

import (
	"context"
	"fmt"
	"io"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/pipeline"
	"gobert/task"
)

// A fine-tuned folder reads examples of any length of file, in order, in constant memory.
func ExampleStream() {
	ctx := context.Background()
	m, err := task.Open(ctx, "stars", task.Options{Ready: true, Merge: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	r, _, err := dataset.Stream(dataset.Source{Task: string(m.Kind.Facts().Name)}, "reviews.csv", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	_, err = pipeline.Stream(ctx, m, r, features.Options{MaxLength: m.Positions()}, func(s *task.Scored) error {
		if s.Err != nil {
			return s.Err
		}
		p := m.Predict(s, task.Decoding{})
		fmt.Println(p.Label, *p.Probability)
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
}

// Sentence vectors, by batches, in order.
func ExampleEmbedder_Stream() {
	ctx := context.Background()
	e, err := pipeline.OpenEmbedder(ctx, "sentence-transformers/all-MiniLM-L6-v2", pipeline.EmbedOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	texts := []string{"The heron waits by the river.", "A bird stands near the water."}
	next := func() (string, error) {
		if len(texts) == 0 {
			return "", io.EOF
		}
		text := texts[0]
		texts = texts[1:]
		return text, nil
	}
	err = e.Stream(ctx, next, func(vectors []float32) error {
		fmt.Println(pipeline.Cosine(vectors[:e.Width()], vectors[e.Width():]))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
}

// Labelled data by itself: any reader of examples can be used.
func Example_evaluate() {
	m, err := task.Open(context.Background(), "stars", task.Options{Ready: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	examples := []labelled.Example{{Text: "a fine film", Labels: []string{"good"}, Labelled: true}}
	set, err := m.Features(examples, features.Options{MaxLength: 128}, labelled.Stop)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := m.Evaluate(context.Background(), set, task.EvaluateOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Line())
}
