package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gobert/finetune"
	"gobert/internal/cli"
	"gobert/pretrain"
)

// reportVerb writes the page that shows a run.
type reportVerb struct {
	Folder    string   `arg:"" name:"run" placeholder:"RUN" help:"Folder of a run, finished or not."`
	Out       string   `short:"o" placeholder:"FILE" help:"Page to write. Default: report.html in the run's folder."`
	Finetuned []string `sep:"none" placeholder:"RUN" help:"Folder of a finished fine-tuning run to show below; again for more."`
	Sentence  []string `sep:"none" placeholder:"TEXT" help:"Text for the attention view, or two as \"A [SEP] B\"; again for more. Default: held-out ones."`
}

// Help shows what people type.
func (r *reportVerb) Help() string {
	return `    pretrain report run
    pretrain report run --sentence "The cat slept. [SEP] It was tired." --out cat.html
    pretrain report run --finetuned tuned                  what was made of it below, on the same page

One file that opens in any browser, also without a network: what was trained on what, held-out results beside baselines,
curves, guesses at several moments of training, and which token looks at which. A run that still goes can be shown, too.`
}

// Run writes the page and prints its path.
func (r *reportVerb) Run(ctx context.Context, s *cli.Streams) error {
	page, err := pretrain.Page(ctx, r.Folder, r.Sentence)
	if err != nil {
		return err
	}
	for _, folder := range r.Finetuned {
		part, err := finetune.Page(ctx, folder, finetune.PageOptions{Plain: true})
		if err != nil {
			return err
		}
		page.Then = append(page.Then, part)
	}
	out := r.Out
	if out == "" {
		out = filepath.Join(r.Folder, pretrain.ReportFile)
	} else if info, err := os.Stat(out); err == nil && info.IsDir() {
		out = filepath.Join(out, pretrain.ReportFile)
	}
	if err := page.Write(out); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, out)
	return nil
}
