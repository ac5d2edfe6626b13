package pretrain

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"gobert/data/pretraining/texts"
	"gobert/train"
)

// card writes the model card: what the model is, what it was trained on, and how good it is.
func card(c *Config, architecture string, texts texts.Facts, s train.State, held []train.Value, base Baseline) string {
	var b strings.Builder
	b.WriteString("---\nlibrary_name: transformers\npipeline_tag: fill-mask\ntags: [bert, pretraining]\n---\n\n")
	fmt.Fprintf(&b, "# %s\n\nA %s (%s), trained with gobert for %d steps on %d tokens", filepath.Base(c.Out), architecture, c.origin(), s.Step, s.Tokens)
	fmt.Fprintf(&b, " in %v.\nThe corpus has %s.\n", s.Elapsed.Round(time.Second), texts)
	if len(held) > 0 {
		measure := "held-out measure"
		if texts.Heldout == 0 {
			measure = "measure on the training text (nothing is held out)"
		}
		fmt.Fprintf(&b, "\n| %s | model | baseline |\n|---|---|---|\n", measure)
		for _, row := range []struct {
			name, label string
			base        float64
		}{
			{"mlm_loss", "MLM loss", base.Loss},
			{"mlm_accuracy", "MLM accuracy", base.Accuracy},
			{"nsp_accuracy", "NSP accuracy", base.Next},
		} {
			if x, ok := train.Find(held, row.name); ok {
				fmt.Fprintf(&b, "| %s | %.4f | %.4f |\n", row.label, x, row.base)
			}
		}
		fmt.Fprintf(&b, "\nThe baselines know token frequencies only, or always give the more frequent answer.\n")
	}
	b.WriteString("\n## Use\n\n```python\nfrom transformers import pipeline\npipeline(\"fill-mask\", \"FOLDER\")(\"The cat sat on the [MASK].\")\n```\n\n")
	b.WriteString("```\npretrain fill FOLDER \"The cat sat on the [MASK].\"\n```\n\n## Settings\n\n```json\n")
	b.WriteString(string(c.json()))
	b.WriteString("\n```\n")
	return b.String()
}
