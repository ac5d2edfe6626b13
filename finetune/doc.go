// Package finetune trains a pretrained BERT on labelled data with the one trainer.
//
//	d, err := dataset.Open(dataset.Source{Task: "sst-2", Data: []string{"glue/SST-2"}})
//	r, err := finetune.Train(ctx, finetune.Job{Data: d, Settings: settings} // of finetune.Defaults)
//	fmt.Println(r.Metrics)
//
// Package task knows what is trained and how it is measured; package pipeline uses what came of it.
//
// # What is in it
//
//   - settings.go, layers.go: what a run is told, and how it prepares the model: layers drawn anew, rates
//   - train.go, feed.go, rehearse.go, finish.go: one run, its batches, what it tries first, and what it leaves: checkpoints, metrics,
//     the folder of the model; package train/run has what it shares with others
//   - fingerprint.go: whether a run goes on with the data that it was begun on
//   - metric.go: the measure that decides
//   - result.go, findings.go, card.go: what came of a run, for programs and for people
//   - sweep.go: several seeds, and grids
//   - page.go, pagemeasures.go: what a report shows of a run
package finetune
