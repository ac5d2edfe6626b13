package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gobert/bert"
	"gobert/data/vocab"
	"gobert/data/wordpiece"
	"gobert/internal/cli"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/hub"
	"gobert/internal/ui"
)

// vocabVerb trains a vocabulary.
type vocabVerb struct {
	From []string `arg:"" name:"text" help:"Files, folders, patterns ('wiki/*.jsonl.gz'), or - for standard input. Gzip, zstd and bzip2 are unpacked, UTF-16 is converted."`

	reading

	Out       string `required:"" placeholder:"DIR" group:"Output" help:"Folder for the tokenizer: new, or empty."`
	Overwrite bool   `group:"Output" help:"Replace the tokenizer that the folder holds."`
	JSON      bool   `name:"json" group:"Output" help:"Write the statistics as JSON to standard output."`

	Size          int      `default:"30522" group:"Vocabulary" least:"6" help:"Entries, special tokens included; BERT has ${default}."`
	MinFrequency  int64    `default:"2" group:"Vocabulary" help:"Occurrences that a pair of pieces needs to become one."`
	LimitAlphabet int      `default:"6000" group:"Vocabulary" help:"Characters to keep, the most frequent ones; 0: all."`
	Cased         bool     `group:"Vocabulary" help:"Keep capitals and accents. Without it text is made lower case and accents are removed, as for bert-base-uncased."`
	Special       []string `placeholder:"TOKEN" group:"Vocabulary" help:"More special tokens, after [PAD], [UNK], [CLS], [SEP] and [MASK]; several with commas."`
	Memory        size     `default:"1GiB" group:"Vocabulary" help:"Memory for counting words, about; what does not fit goes to disk."`
}

// Help gives examples.
func (*vocabVerb) Help() string {
	return `Examples:
  pretrain vocab wikipedia.txt --out vocab
  pretrain vocab 'dump/*.jsonl.zst' --field text --size 50000 --cased --out vocab
  zcat text.gz | pretrain vocab - --out vocab

The folder opens in transformers as it is: BertTokenizerFast.from_pretrained("vocab").`
}

// vocabStatistics are what --json writes.
type vocabStatistics struct {
	Folder       string  `json:"folder"`
	Entries      int     `json:"entries"`
	Alphabet     int     `json:"characters"`
	Bytes        int64   `json:"bytes"`
	Words        int64   `json:"words"`
	Distinct     int64   `json:"distinct_words"`
	LongWords    int64   `json:"words_too_long"`
	Cutoff       int64   `json:"lowest_word_count_used"`
	Skipped      int64   `json:"skipped"`
	Seconds      float64 `json:"seconds"`
	Hash         string  `json:"hash"`
	Cased        bool    `json:"cased"`
	MinFrequency int64   `json:"min_frequency"`
}

// WithoutLibTorch says that LibTorch need not start.
func (*vocabVerb) WithoutLibTorch() {}

// Run trains and saves.
func (v *vocabVerb) Run(ctx context.Context, s *cli.Streams) error {
	v.Text = v.From
	o := v.trainOptions()
	if err := o.Validate(); err != nil {
		return fault.Usage("%w", err)
	}
	release, err := s.Claim(v.Out)
	if err != nil {
		return err
	}
	defer release()
	if err := v.vacant(); err != nil {
		return fault.Usage("%w", err)
	}
	o.Folder = v.Out
	reading := v.options(s)
	if err := reading.Validate(); err != nil {
		return fault.Usage("%w", err)
	}
	if err := v.announce(s); err != nil {
		return err
	}
	p := s.Progress()
	o.Progress = func(stage vocab.Stage, done, total int64) {
		switch {
		case !p.Due():
		case stage == vocab.Counting:
			p.Bytes(done, total, "")
		default:
			p.Say("merging: %d of %d entries", done, total)
		}
	}
	t, r, err := vocab.Learn(ctx, reading, wordpiece.DefaultOptions(!v.Cased), o)
	p.Done()
	if err != nil {
		return err
	}
	return v.save(s, o, t, r, p.Took())
}

func (v *vocabVerb) trainOptions() vocab.Options {
	o := vocab.NewOptions()
	o.Size, o.MinFrequency, o.LimitAlphabet, o.Memory = v.Size, v.MinFrequency, v.LimitAlphabet, int64(v.Memory)
	o.SpecialTokens = append(o.SpecialTokens, v.Special...)
	return o
}

// vacant says whether the folder may be written, before any work is done.
func (v *vocabVerb) vacant() error {
	entries, err := disk.Content(v.Out)
	switch {
	case err != nil:
		return fault.New("{out}: %w", err)
	case len(entries) == 0:
		return nil
	}
	for _, entry := range entries {
		if !slices.Contains(hub.TokenizerFiles(), entry.Name()) {
			return fault.New("{out}: %s holds other files, such as %s", v.Out, entry.Name()).Advise("give a new folder")
		}
	}
	if !v.Overwrite {
		return fault.New("{out}: %s holds a tokenizer already", v.Out).Advise("give a new folder, or {overwrite}")
	}
	return nil
}

// save writes the folder and says what was made.
func (v *vocabVerb) save(s *cli.Streams, o vocab.Options, t *wordpiece.Tokenizer, r *vocab.Result, took time.Duration) error {
	if err := bert.Replace(v.Out, t.Save); err != nil {
		return err
	}
	alphabet := 0
	for _, piece := range r.Pieces[len(o.SpecialTokens):] {
		if !strings.HasPrefix(piece, "##") && len([]rune(piece)) == 1 {
			alphabet++
		}
	}
	stats := vocabStatistics{
		Folder: v.Out, Entries: t.Size(), Alphabet: alphabet, Bytes: r.Bytes, Words: r.Words, Distinct: r.Distinct, LongWords: r.Skipped,
		Cutoff: r.Cutoff, Skipped: r.Unread, Seconds: took.Seconds(), Hash: t.Hash(), Cased: v.Cased, MinFrequency: o.MinFrequency,
	}
	if t.Size() < v.Size {
		s.Log.Warn(fmt.Sprintf("the text gives %d entries, %d were asked for: no other pair occurs %d times", t.Size(), v.Size, max(1, o.MinFrequency)))
	}
	if r.Cutoff > 1 {
		s.Log.Warn(fmt.Sprintf("words that occur less than %d times served for the alphabet only: --memory %s is too little for all", r.Cutoff, ui.Bytes(o.Memory)))
	}
	if err := v.report(s, stats); err != nil {
		return err
	}
	s.Next(append(append([]string{"data"}, followed(v.reading)...), "--tokenizer", v.Out, "--out", "corpus")...)
	return nil
}

func (v *vocabVerb) report(s *cli.Streams, stats vocabStatistics) error {
	rows := [][2]string{
		{"entries", fmt.Sprintf("%d, of which %d single characters", stats.Entries, stats.Alphabet)},
		{"text", fmt.Sprintf("%s, %s words, %s different", ui.Bytes(stats.Bytes), ui.Count(float64(stats.Words)), ui.Count(float64(stats.Distinct)))},
		{"time", fmt.Sprintf("%.1f s", stats.Seconds)},
	}
	if stats.Skipped > 0 {
		rows = append(rows, [2]string{"skipped", fmt.Sprintf("%d lines or files", stats.Skipped)})
	}
	return s.Statistics(v.JSON, stats, rows)
}
