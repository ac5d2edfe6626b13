// Package finetune trains a pretrained BERT on labelled data with the one trainer, measures it with the official metrics, and
// predicts with it.
//
//	d, err := dataset.Open(dataset.Source{Task: "sst-2", Data: []string{"glue/SST-2"}})
//	r, err := finetune.Train(ctx, finetune.Job{Data: d, Settings: finetune.Defaults(), Output: "run"})
//	fmt.Println(r.Metrics)
//
// # What is in it
//
//   - network.go, open.go: Model, a network for a task with its tokenizer and labels, made new or opened
//   - adapter.go: LoRA in PEFT's folder format
//   - task.go, distill.go: the loss of a batch, as the trainer's Task
//   - settings.go, prepare.go, layers.go: what a run is told, and how it prepares the model: freezing, rates, weights
//   - train.go, record.go: one run, and what it leaves: checkpoints, metrics, the folder of the model, its card
//   - sweep.go: several seeds, and grids
//   - forward.go, stream.go: logits of packed batches, in order, in constant memory
//   - evaluate.go: the official metrics of a data set
//   - predict.go: labels, entities and answers from logits
//   - findings.go, baseline.go: what an evaluation tells, beside what reads no text; kept for the report
//   - page.go, pagemeasures.go: what a report shows of a run
//   - embed.go: sentence vectors
package finetune
