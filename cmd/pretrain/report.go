package main

import (
	"context"

	"gobert/finetune"
	"gobert/internal/cli"
	"gobert/internal/report"
	"gobert/pretrain"
)

// reportVerb writes the page that shows a run.
type reportVerb struct {
	cli.Page
	Finetuned []string `sep:"none" placeholder:"RUN" group:"Output" help:"Folder of a finished fine-tuning run to show below; again for more."`
}

// Help shows what people type.
func (r *reportVerb) Help() string {
	return `    pretrain report run
    pretrain report run --sentence "The cat slept. [SEP] It was tired." --out cat.html
    pretrain report run --finetuned tuned                  what was made of it below, on the same page

One file that opens in any browser, also without a network: what was trained on what, held-out results beside baselines,
curves, guesses at several moments of training, and which token looks at which. A sentence with [MASK] in it is filled, a pair
judged. A run that still goes can be shown, too.`
}

// Run writes the page and prints its path.
func (r *reportVerb) Run(ctx context.Context, s *cli.Streams) error {
	return r.Write(s, pretrain.ReportFile, func() (report.Page, error) {
		page, err := pretrain.Page(ctx, r.Folder, r.Sentence)
		for _, folder := range r.Finetuned {
			if err != nil {
				break
			}
			var part report.Page
			part, err = finetune.Page(ctx, folder, finetune.PageOptions{Plain: true})
			page.Then = append(page.Then, part)
		}
		return page, err
	})
}
