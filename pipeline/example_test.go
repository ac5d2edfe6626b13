package pipeline_test

import (
	"context"
	"errors"
	"fmt"

	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/pipeline"
	"gobert/task"
)

// Two lines from a folder, or a name of the hub, to labels.
func ExampleOpen() {
	ctx := context.Background()
	p, err := pipeline.Open(ctx, "testdata/windows", pipeline.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	entities, err := p.Tag(ctx, []string{"boats walked near oslo"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range entities[0] {
		fmt.Println(e.Label, e.Word, e.Start, e.End)
	}
	// Output:
	// LOC ##s 4 5
	// LOC walked 6 12
}

// A call that does not fit what the folder was trained for says which one does.
func ExamplePurposeError() {
	ctx := context.Background()
	p, err := pipeline.Open(ctx, "testdata/windows", pipeline.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, err = p.Classify(ctx, []string{"boats"})
	var wrong *pipeline.PurposeError
	fmt.Println(errors.As(err, &wrong))
	fmt.Println(err)
	// Output:
	// true
	// pipeline: Classify of testdata/windows: the model is for tag (hint: call Tag or TagWords)
}

// Sentence vectors, as the folder says, and how alike two of them are.
func ExamplePipeline_Embed() {
	ctx := context.Background()
	p, err := pipeline.Open(ctx, "testdata/sentences/mean_normalized", pipeline.Options{Bare: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	vectors, err := p.Embed(ctx, []string{"the red boat", "the red boat", "a bird"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d numbers, %.3f\n", len(vectors[0]), pipeline.Cosine(vectors[0], vectors[1]))
	// Output:
	// 8 numbers, 1.000
}

// A pretrained model fills blanks, and tells which sentence follows another.
func ExamplePipeline_Fill() {
	ctx := context.Background()
	p, err := pipeline.Open(ctx, "run", pipeline.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	filled, err := p.Fill(ctx, []string{"The baker kneaded the [MASK]."})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filled[0].Filled, filled[0].Probability)
	follows, err := p.Next(ctx, [][2]string{{"The farmer fed the cow.", "There was no hay in the barn."}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(follows[0])
}

// A file of any length is read in order and in constant memory. Many goroutines may stream through one model.
func ExamplePipeline_Stream() {
	ctx := context.Background()
	p, err := pipeline.Open(ctx, "stars", pipeline.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	r, _, err := dataset.Stream(dataset.Source{Task: "classify"}, "reviews.csv", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	for x, err := range p.Stream(ctx, r) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(x.Label, *x.Probability)
	}
}

// Labelled data is measured with the official metrics.
func ExamplePipeline_Evaluate() {
	ctx := context.Background()
	p, err := pipeline.Open(ctx, "stars", pipeline.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	examples := []labelled.Example{{Text: "a fine film", Labels: []string{"good"}, Labelled: true}}
	e, err := p.Evaluate(ctx, examples, labelled.Stop, task.EvaluateOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Line())
}
