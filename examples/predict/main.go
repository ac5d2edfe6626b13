// Predict uses trained folders, each in two lines: what a folder is for, it says itself.
//
//	go run ./predict classify stars "A fine film." "Not for me."
//	go run ./predict tag entities "Anna lives in Oslo."
//	go run ./predict answer answers "Who sailed?" "Anna sailed to Oslo."
//	go run ./predict choose choices "She took an umbrella, for" "it rained." "it was dry."
//	go run ./predict fill run "The baker kneaded the [MASK]."
//	go run ./predict next run "The cow was hungry." "There was no hay."
//	go run ./predict embed run "A red boat." "A boat." "Good morning."
//	go run ./predict stream stars reviews.csv
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"

	"gobert/data/labelled/dataset"
	"gobert/pipeline"
)

func classify(ctx context.Context, folder string, texts []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	classes, err := p.Classify(ctx, texts)
	for i, c := range classes {
		fmt.Printf("%s: %s (%.2f)\n", texts[i], c.Label, c.Probability)
	}
	return err
}

func tag(ctx context.Context, folder string, texts []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	entities, err := p.Tag(ctx, texts)
	for i, list := range entities {
		for _, e := range list {
			fmt.Printf("%s: %s %q at %d to %d\n", texts[i], e.Label, e.Word, e.Start, e.End)
		}
	}
	return err
}

func answer(ctx context.Context, folder string, texts []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	answers, err := p.Answer(ctx, []pipeline.Question{{Text: texts[0], Context: texts[1]}})
	for _, a := range answers {
		fmt.Printf("%q (%.2f)\n", a.Text, a.Score)
	}
	return err
}

func choose(ctx context.Context, folder string, texts []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	choices, err := p.Choose(ctx, []pipeline.Prompt{{Text: texts[0], Choices: texts[1:]}})
	for _, c := range choices {
		fmt.Printf("%s %s (%.2f)\n", texts[0], c.Text, c.Probability)
	}
	return err
}

func fill(ctx context.Context, folder string, texts []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	filled, err := p.Fill(ctx, texts)
	for _, f := range filled {
		fmt.Printf("%s (%.2f)\n", f.Filled, f.Probability)
	}
	return err
}

func next(ctx context.Context, folder string, texts []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	follows, err := p.Next(ctx, [][2]string{{texts[0], texts[1]}})
	for _, probability := range follows {
		fmt.Printf("%.2f\n", probability)
	}
	return err
}

func embed(ctx context.Context, folder string, texts []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{Bare: true})
	if err != nil {
		return err
	}
	defer p.Close()
	vectors, err := p.Embed(ctx, texts)
	for i := range vectors {
		fmt.Printf("%s: %.2f like the first\n", texts[i], pipeline.Cosine(vectors[0], vectors[i]))
	}
	return err
}

func stream(ctx context.Context, folder string, files []string) error {
	p, err := pipeline.Open(ctx, folder, pipeline.Options{})
	if err != nil {
		return err
	}
	defer p.Close()
	r, _, err := dataset.Stream(dataset.Source{Task: "classify"}, files[0], nil)
	if err != nil {
		return err
	}
	defer r.Close()
	for x, err := range p.Stream(ctx, r) {
		if err != nil {
			return err // of a row that cannot be read one may go on, too
		}
		fmt.Println(x.Label)
	}
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	calls := map[string]func(ctx context.Context, folder string, texts []string) error{
		"classify": classify, "tag": tag, "answer": answer, "choose": choose, "fill": fill, "next": next, "embed": embed, "stream": stream,
	}
	if len(os.Args) < 4 || calls[os.Args[1]] == nil {
		log.Fatal("usage: predict CALL FOLDER TEXT...")
	}
	if two := os.Args[1] == "answer" || os.Args[1] == "next"; two && len(os.Args) != 5 {
		log.Fatal("usage: predict ", os.Args[1], " FOLDER TEXT TEXT")
	}
	if err := calls[os.Args[1]](ctx, os.Args[2], os.Args[3:]); err != nil {
		log.Fatal(err)
	}
}
