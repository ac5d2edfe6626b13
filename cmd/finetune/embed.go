package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/internal/cli"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/sentencetransformers"
	"gobert/pipeline"
)

// embedVerb turns lines of text into vectors.
type embedVerb struct {
	Model string   `arg:"" placeholder:"MODEL" help:"Any BERT: a folder, or a name on the hub."`
	Text  []string `arg:"" optional:"" help:"Texts, instead of --input."`

	Input      string   `placeholder:"FILE|-" group:"Data" help:"File of texts, a line each, or a table's column (CSV, TSV, JSON, JSON Lines, Parquet); gzip and zstandard too; - is standard input."`
	Output     string   `default:"-" placeholder:"FILE|-" group:"Output" help:"x.npy, x.safetensors, x.jsonl, or - for JSON Lines on standard output."`
	Pooling    []string `placeholder:"MODE,..." enum:"mean,cls,max,mean_sqrt_len_tokens,weightedmean,lasttoken" group:"Model" help:"mean, cls, max, mean_sqrt_len_tokens, weightedmean or lasttoken, several are joined; by default what the model's folder says, else mean."`
	Normalize  *bool    `negatable:"" group:"Model" help:"Make every vector of length 1, or not; by default what the folder of a sentence-transformers model says, else yes."`
	Prompt     *string  `placeholder:"TEXT" group:"Model" help:"Comes before every text; by default the folder's default prompt, \"\" is none."`
	PromptName string   `placeholder:"NAME" group:"Model" help:"One of the prompts of the folder, such as query."`
	Pairs      bool     `group:"Output" help:"Each line is two texts parted by a tab (or two columns of a table): write their similarity instead, cosine unless the model's folder says otherwise."`
	SeqLength  int      `aliases:"length" group:"Batches" least:"3" or:"0" help:"Tokens of a text, longer ones are cut; 0: what the model's folder says, else all it can read."`

	cli.Computing

	tables
}

// Help gives examples.
func (*embedVerb) Help() string {
	return `Examples:
  finetune embed minilm --input sentences.txt --output vectors.npy
  finetune embed minilm --input reviews.parquet --text-column review --output vectors.npy
  zcat text.gz | finetune embed minilm --pooling cls --no-normalize > vectors.jsonl
  finetune embed e5 --prompt-name query "how do boats float?"
  finetune embed minilm --pairs "doctor	physician"`
}

// Run embeds.
func (v *embedVerb) Run(ctx context.Context, s *cli.Streams) error {
	options, err := v.Opening(s)
	if err := errors.Join(notItself(v.Input, v.Output), err); err != nil {
		return err
	}
	if v.Prompt != nil && v.PromptName != "" {
		return fault.Usage("{prompt} and {prompt-name}: expected one of them")
	}
	if _, err := sentencetransformers.ParsePooling(v.Pooling...); err != nil {
		return fault.Usage("{pooling}: %w", err)
	}
	texts, err := v.open(ctx, s)
	if err != nil {
		return err
	}
	defer texts.Close()
	release, err := s.ClaimFile("output", v.Output)
	if err != nil {
		return err
	}
	defer release()
	options.Bare, options.MaxLength = true, v.SeqLength
	options.Vectors = pipeline.Vectors{Pooling: v.Pooling, Normalize: v.Normalize, Prompt: v.Prompt, PromptName: v.PromptName}
	p, err := pipeline.Open(ctx, v.Model, options)
	if err != nil {
		return err
	}
	defer p.Close()
	e, err := p.Embedder()
	if err != nil {
		return err
	}
	s.Notes(e.Over)
	if e.Prompt != "" {
		s.Log.Info(fmt.Sprintf("the prompt %q comes before every text", e.Prompt))
	}
	s.Log.Debug("vectors", "pooling", e.Pooling, "width", e.Width, "tokens", e.MaxLength)
	out, err := newVectors(v.Output, s.Out, e, v.Pairs)
	if err != nil {
		return err
	}
	progress, count := s.Progress(), 0
	cut, err := e.Stream(ctx, texts, func(vector []float32) error {
		count++
		progress.Count(count, "texts")
		return out.add(vector)
	})
	progress.Done()
	if failed := out.close(err == nil); err == nil { // what failed to be written fails again here
		err = failed
	}
	if err != nil {
		return err
	}
	if cut > 0 {
		s.Log.Warn(fmt.Sprintf("texts longer than %d tokens: %d; they were cut", e.MaxLength, cut))
	}
	if texts.empty > 0 {
		s.Log.Warn(fmt.Sprintf("texts without a word: %d; their vectors mean nothing", texts.empty))
	}
	s.Log.Info(fmt.Sprintf("%d texts in %.1f s, %s pooling, %d numbers each", count, progress.Took().Seconds(), e.Pooling, e.Width))
	return nil
}

// vectors writes vectors, or similarities of pairs, in one of the formats.
type vectors struct {
	width   int
	compare sentencetransformers.Similarity
	pairs   bool
	held    []float32 // the first of a pair
	count   int64

	format string
	path   string
	file   *os.File // a temporary one, but for standard output
	out    *bufio.Writer
}

func newVectors(path string, stdout io.Writer, e *pipeline.Embedder, pairs bool) (*vectors, error) {
	v := &vectors{width: e.Width, compare: e.Similarity, pairs: pairs, path: path, format: strings.ToLower(filepath.Ext(path))}
	if path == "-" {
		v.out = bufio.NewWriterSize(stdout, 1<<16)
		return v, nil
	}
	switch v.format {
	case ".npy", ".safetensors", ".jsonl":
	default:
		return nil, fault.Usage("{output} %s: expected a name that ends in .npy, .safetensors or .jsonl, or -", path)
	}
	var err error
	if v.file, err = os.CreateTemp(disk.Pattern(path)); err != nil {
		return nil, err
	}
	v.out = bufio.NewWriterSize(v.file, 1<<20)
	_, err = v.out.Write(v.header(0))
	return v, err
}

// add takes the next vector, and shows it when somebody reads along.
func (v *vectors) add(row []float32) error {
	switch {
	case !v.pairs:
	case v.held == nil:
		v.held = row
		return nil
	default:
		row, v.held = []float32{float32(v.compare.Of(v.held, row))}, nil
	}
	if err := v.write(row); err != nil || v.path != "-" {
		return err
	}
	return v.out.Flush()
}

// close completes the file, or removes what was written.
func (v *vectors) close(whole bool) (err error) {
	if v.file == nil {
		return v.out.Flush()
	}
	if !whole {
		return errors.Join(v.file.Close(), os.Remove(v.file.Name()))
	}
	defer func() {
		if err != nil {
			_ = os.Remove(v.file.Name())
		}
	}()
	err = v.out.Flush()
	if header := v.header(v.count); err == nil && len(header) > 0 {
		_, err = v.file.WriteAt(header, 0)
	}
	if err = errors.Join(err, v.file.Sync(), v.file.Chmod(0o644), v.file.Close()); err != nil {
		return err
	}
	return os.Rename(v.file.Name(), v.path)
}
