package pretrain

import (
	"fmt"
	"time"

	"gobert/data/pretraining/texts"
	"gobert/train"
	"gobert/train/run"
)

// card writes the model card: what the model is, what it was trained on, and how good it is.
func card(c *Config, architecture string, texts texts.Facts, s train.State, held []train.Value, base Baseline) string {
	r := run.NewCard(c.Out, "transformers", "fill-mask", "bert", "pretraining")
	r.Text("A %s (%s), trained with gobert for %d steps on %d tokens in %v.\nThe corpus has %s.",
		architecture, c.origin(), s.Step, s.Tokens, s.Elapsed.Round(time.Second), texts)
	if len(held) > 0 {
		measure := "held-out measure"
		if texts.Heldout == 0 {
			measure = "measure on the training text (nothing is held out)"
		}
		rows := [][]string{{measure, "model", "baseline"}}
		for _, row := range []struct {
			name, label string
			base        float64
		}{
			{"mlm_loss", "MLM loss", base.Loss},
			{"mlm_accuracy", "MLM accuracy", base.Accuracy},
			{"nsp_accuracy", "NSP accuracy", base.Next},
		} {
			if x, ok := train.Find(held, row.name); ok {
				rows = append(rows, []string{row.label, fmt.Sprintf("%.4f", x), fmt.Sprintf("%.4f", row.base)})
			}
		}
		r.Table(rows...)
		r.Text("The baselines know token frequencies only, or always give the more frequent answer.")
	}
	r.Section("Use")
	r.Code("python", "from transformers import pipeline\npipeline(\"fill-mask\", \"FOLDER\")(\"The cat sat on the [MASK].\")")
	r.Code("", "pretrain fill FOLDER \"The cat sat on the [MASK].\"")
	r.Section("Settings")
	r.Code("json", string(c.json()))
	return r.String()
}
