// Package page gathers what the reports of pretraining and of fine-tuning have in common: curves from a run's record, the
// attention of a model, settings from JSON.
//
//	p := report.Page{Title: "run", Panels: page.Curves(entries, []page.Curve{{Title: "Loss", Name: "loss", Smooth: true}})}
//	p.Attention, err = page.Attention(model, tokenizer, []page.Pair{{A: ids}})
//	p.Settings, err = page.Settings(text)
//
// Package report knows how a page looks and nothing of models; packages pretrain and finetune know their runs; this package
// stands between them.
//
// Files: curves.go, attention.go, settings.go.
package page
