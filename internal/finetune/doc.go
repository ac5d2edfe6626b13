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
//   - adapter.go: LoRA in PEFT's folder format; pooled.go: the Python class of classifiers without the pooler
//   - task.go, distill.go: the loss of a batch, as the trainer's Task
//   - settings.go, layers.go: what a run is told, and how it prepares the model: layers drawn anew, rates, class weights
//   - train.go, resume.go, record.go, finish.go: one run, and what it leaves: checkpoints, metrics, the folder of the model
//   - fingerprint.go: whether a run goes on with the data that it was begun on
//   - result.go, card.go: what came of a run, for programs and for people
//   - sweep.go: several seeds, and grids
//   - forward.go, score.go, stream.go: logits of packed batches: of one, of a set, of a stream in constant memory
//   - evaluate.go, measure.go, metric.go: the official metrics of a data set, and the one that decides
//   - details.go, faults.go, tagfault.go: intervals, tables and pictures of an evaluation, and its worst errors
//   - findings.go, baseline.go: what an evaluation tells, beside what reads no text; kept for the report
//   - predict.go, tagging.go: labels, answers, entities and tags from logits
//   - page.go, pagemeasures.go: what a report shows of a run
//   - embedder.go, embed.go, vectors.go, projection.go: sentence vectors, as the folder says
package finetune
