package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gobert/data/corpus"
	"gobert/data/pretraining"
	"gobert/data/wordpiece"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/ui"
)

// dataVerb tokenizes a corpus.
type dataVerb struct {
	From []string `arg:"" optional:"" name:"text" help:"Files, folders, patterns ('wiki/*.jsonl.gz'), or - for standard input. Gzip, zstd and bzip2 are unpacked, UTF-16 is converted."`

	reading
	googleFlags
	partFlags

	Tokenizer string `placeholder:"DIR" group:"Data" without:"join" help:"Folder of the tokenizer (or of a model), tokenizer.json, or vocab.txt."`
	Split     *bool  `negatable:"" group:"Data" without:"join" help:"Split lines into sentences by rules. Default: yes, but for --format text, whose lines are sentences."`

	DocumentLines int `placeholder:"N" group:"Data" without:"join" help:"End a document after N lines, too: for --format text without empty lines between documents."`

	Heldout float64 `default:"0.01" placeholder:"SHARE" group:"Data" below:"1" without:"join" help:"Share of documents that are kept for evaluation (default: ${default})."`
	Seed    int64   `default:"12345" group:"Data" least:"-9223372036854775808" without:"join" help:"Seed of the choice of held-out documents, and of --google's examples."`

	Out       string `required:"" placeholder:"DIR" group:"Output" help:"Folder for the corpus: new or empty, or one that an interrupted run left, which goes on."`
	ShardSize size   `default:"256MiB" group:"Output" without:"join" help:"Text in a shard, about. An interrupted run loses at most one."`
	Overwrite bool   `group:"Output" help:"Replace the corpus that the folder holds."`
	Workers   int    `default:"0" group:"Run" parallel:"" without:"join" help:"Goroutines that tokenize; 0: one a core. The result is the same."`
	JSON      bool   `name:"json" group:"Output" help:"Write the statistics as JSON to standard output."`
}

// Help gives examples.
func (*dataVerb) Help() string {
	return `Examples:
  pretrain data wikipedia.txt --tokenizer vocab --out corpus
  pretrain data 'dump/*.parquet' --field content --tokenizer vocab --out corpus
  pretrain data extracted/ --format wiki --tokenizer bert-base-uncased/ --out corpus
  pretrain data text.txt --tokenizer vocab --out records --google --max-seq-length 128

The corpus is Megatron-LM's indexed dataset, in train/ and heldout/, with a manifest and a copy of the tokenizer.
On several machines each makes a part, --part 1/16 to --part 16/16, into the same folder; --join then makes of them the very files that
one machine would have made.

With --google the result is TFRecord files, equal to those of create_pretraining_data.py, which pretrain train reads, too.`
}

// WithoutLibTorch says that LibTorch need not start.
func (*dataVerb) WithoutLibTorch() {}

// Run builds the corpus.
func (d *dataVerb) Run(ctx context.Context, s *cli.Streams) error {
	d.Text = d.From
	if err := d.asked(); err != nil {
		return err
	}
	if d.Join {
		return d.join(ctx, s)
	}
	t, err := wordpiece.Open(d.Tokenizer)
	if err != nil {
		return fault.New("{tokenizer}: %w", err)
	}
	if !d.Part.IsWhole() {
		return d.part(ctx, s, t)
	}
	if d.Out != "" {
		release, err := s.Claim(d.Out, corpus.TrainName, corpus.HeldOutName)
		if err != nil {
			return err
		}
		defer release()
	}
	if d.Google {
		return d.google(ctx, s)
	}
	o, err := d.building(s, t)
	if err != nil {
		return err
	}
	p := s.Progress()
	o.Progress = progress(s, p)
	m, err := corpus.Build(ctx, o)
	p.Done()
	if err != nil {
		return goesOn(ctx, err)
	}
	return d.finish(s, t, m, p.Took())
}

// building are the flags as package corpus wants them.
func (d *dataVerb) building(s *cli.Streams, t *wordpiece.Tokenizer) (corpus.BuildOptions, error) {
	o := corpus.NewBuildOptions()
	o.ReadOptions = d.options(s)
	o.Split, o.DocumentLines = d.Split, d.DocumentLines
	o.Tokenizer, o.Folder, o.ShardSize, o.Workers, o.Overwrite = t, d.Out, int64(d.ShardSize), d.Workers, d.Overwrite
	o.HeldOut, o.Seed = d.Heldout, uint64(d.Seed)
	if err := o.Validate(); err != nil {
		return o, fault.Usage("%w", err)
	}
	return o, d.announce(s)
}

// progress shows how far a build is.
func progress(s *cli.Streams, p *cli.Progress) func(corpus.Progress) {
	resumed := false
	return func(at corpus.Progress) {
		if at.Resumed > 0 && !resumed {
			resumed = true
			s.Log.Info(fmt.Sprintf("going on after %d finished shards", at.Resumed))
		}
		if p.Due() {
			p.Bytes(at.Read, at.Total, fmt.Sprintf(", %s documents, %s tokens",
				ui.Count(float64(at.Statistics.Documents)), ui.Count(float64(at.Statistics.Tokens))))
		}
	}
}

// goesOn advises who interrupted a build.
func goesOn(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fault.New("%w", err).Advise("the same command goes on after the last whole shard")
	}
	return err
}

// dataStatistics are what --json writes.
type dataStatistics struct {
	Folder string `json:"folder"`
	*corpus.Manifest
	UnknownRate   float64 `json:"unknown_rate"`
	Examples      int     `json:"examples"` // of an epoch, by BERT's recipe
	Length        int     `json:"example_length"`
	ExamplesToken float64 `json:"examples_per_token"`
	Seconds       float64 `json:"seconds"`
}

// exampleLength is the length that examples are counted for: BERT trains most steps on it.
const exampleLength = 128

// finish opens the corpus as training will, and reports.
func (d *dataVerb) finish(s *cli.Streams, t *wordpiece.Tokenizer, m *corpus.Manifest, took time.Duration) error {
	stats := dataStatistics{
		Folder: d.Out, Manifest: m, UnknownRate: m.Statistics.UnknownRate(), Length: exampleLength, Seconds: took.Seconds(),
	}
	c, err := corpus.Open(d.Out)
	if err != nil {
		return err
	}
	defer c.Close()
	pairs := true
	if err := c.CheckNextSentence(); err != nil {
		pairs = false
		s.Log.Warn(cli.Text(err))
		if unmarked(m) && !d.Join {
			lines := c.DocumentLines()
			s.Log.Info(fmt.Sprintf("for documents of %d lines: %s", lines, s.Quoted(append(append([]string{"data"}, followed(d.reading)...),
				"--tokenizer", d.Tokenizer, "--document-lines", fmt.Sprint(lines), "--overwrite", "--out", d.Out)...)))
		}
	} else if m.Statistics.Documents == m.Statistics.Sentences {
		pairs = false
		s.Log.Warn(cli.Text(fault.New("every document is one sentence: next sentence prediction learns nothing from that").Advise("{split} cuts lines into sentences")))
	}
	if cut := pretraining.Cut(c.Train, exampleLength); cut > pretraining.MuchCut {
		s.Log.Warn(cli.Text(fault.New("%.0f %% of the text is never seen in sequences of %d tokens: longer sentences are cut to their middle", 100*cut, exampleLength).
			Advise("{split} cuts lines into sentences; or train with a longer {seq-length}")))
	}
	if stats.Examples, err = examples(c, t, pairs); err != nil {
		return err
	}
	stats.ExamplesToken = float64(stats.Examples) / float64(max(1, m.Train.Tokens))
	if d.Heldout > 0 && m.HeldOut.Documents == 0 {
		s.Log.Warn(cli.Text(fault.New("nothing is held out, the text is too small: a model will be measured on what it learns").
			Advise("ten documents, or twenty sentences in two of them, are enough; or give another text: pretrain train {heldout} DIR")))
	}
	if err := d.report(s, stats); err != nil {
		return err
	}
	s.Next(d.training(stats, pairs)...)
	return nil
}

// unmarked reports whether all the text is one document that nothing parts.
func unmarked(m *corpus.Manifest) bool {
	return m.Statistics.Documents == 1 && !slices.ContainsFunc(m.Sources, func(s corpus.Source) bool { return s.Format != corpus.Text })
}

// examples counts the examples of an epoch.
func examples(c *corpus.Corpus, t *wordpiece.Tokenizer, pairs bool) (int, error) {
	special, recipe := t.Special(), pretraining.Defaults(exampleLength)
	recipe.NextSentence = pairs
	source, err := pretraining.New(c.Train, pretraining.Vocabulary{
		Size: t.Size(), ClsID: special.Cls, SepID: special.Sep, MaskID: special.Mask, Special: []int32{special.Pad, special.Unk},
	}, recipe)
	if err != nil {
		return 0, err
	}
	return source.Len(0)
}

func (d *dataVerb) report(s *cli.Streams, stats dataStatistics) error {
	all := stats.Statistics
	rows := [][2]string{
		{"text", fmt.Sprintf("%s in %d files (%s), %.1f s, %s/s", ui.Bytes(all.Bytes), len(stats.Sources), formats(stats.Sources),
			stats.Seconds, ui.Bytes(int64(float64(all.Bytes)/stats.Seconds)))},
		{"documents", documents(stats.Manifest)},
		{"sentences", fmt.Sprintf("%d, %.1f a document", all.Sentences, float64(all.Sentences)/float64(all.Documents))},
		{"tokens", fmt.Sprintf("%d, %.1f a sentence", all.Tokens, float64(all.Tokens)/float64(all.Sentences))},
		{"unknown", fmt.Sprintf("%.4f %% of the tokens", 100*stats.UnknownRate)},
		{"longest word", fmt.Sprintf("%d characters: %s", all.Longest, all.LongestWord)},
	}
	if stats.Examples > 0 {
		rows = append(rows, [2]string{"examples", fmt.Sprintf("%d of %d tokens an epoch, %.5f a token", stats.Examples, stats.Length, stats.ExamplesToken)})
	}
	if all.Skipped > 0 {
		rows = append(rows, [2]string{"skipped", fmt.Sprintf("%d lines or files", all.Skipped)})
	}
	return s.Statistics(d.JSON, stats, rows)
}

// documents says what is trained on and what is held out.
func documents(m *corpus.Manifest) string {
	if m.HeldOutBy == pretraining.HeldOutTails {
		return fmt.Sprintf("%d to train on, held out: %s, %d of %d", m.Train.Documents, m.HeldOutBy, m.HeldOut.Sentences, m.Statistics.Sentences)
	}
	return fmt.Sprintf("%d to train on, %d held out", m.Train.Documents, m.HeldOut.Documents)
}

// formats counts the formats that were read.
func formats(sources []corpus.Source) string {
	counts := map[corpus.Format]int{}
	for _, s := range sources {
		counts[s.Format]++
	}
	var parts []string
	for _, f := range corpus.Formats() {
		if counts[f] == len(sources) {
			return string(f)
		}
		if counts[f] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[f], f))
		}
	}
	return strings.Join(parts, ", ")
}
