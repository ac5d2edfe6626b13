// Finetune trains a pretrained model on labelled data, such as a CSV file with the columns text and label.
//
//	go run ./finetune run classify reviews.csv stars
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"

	"gobert/data/labelled/dataset"
	"gobert/finetune"
	"gobert/train"
)

// tune trains a model for a task, and keeps what was best on the part of the data that is held out.
func tune(ctx context.Context, model, task, data, out string) error {
	d, err := dataset.Open(dataset.Source{Task: task, Data: []string{data}})
	if err != nil {
		return err
	}
	for _, note := range d.Notes {
		fmt.Println(note) // what was found out about the data
	}
	s := finetune.Defaults()
	s.Model, s.Task, s.Out, s.Resume = model, d.Task, out, "auto"
	s.Epochs, s.Batch, s.LearningRate, s.SeqLength = 3, 16, 1e-3, 64
	result, err := finetune.Train(ctx, finetune.Job{Settings: s, Data: d, Talk: train.Talk{OnStep: func(r train.StepReport) {
		fmt.Printf("step %d of %d: loss %.2f\n", r.Step, r.Steps, r.Values[0].Value)
	}}})
	if err != nil {
		return err
	}
	score, _ := result.Score()
	fmt.Printf("%s: %s %.2f\n", result.Output, result.Metric, score)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if len(os.Args) != 5 {
		log.Fatal("usage: finetune MODEL TASK DATA OUT")
	}
	if err := tune(ctx, os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		log.Fatal(err)
	}
}
