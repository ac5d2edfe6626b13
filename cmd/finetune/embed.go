package main

import (
	"context"
	"fmt"

	"gobert/data/labelled"
	"gobert/data/vectors"
	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/sentencetransformers"
	"gobert/pipeline"
)

// embedVerb turns lines of text into vectors.
type embedVerb struct {
	Model string   `arg:"" placeholder:"MODEL" help:"Any BERT: a folder, or a name on the hub."`
	Text  []string `arg:"" optional:"" help:"Texts, instead of --input."`

	Input string `placeholder:"FILE|-" group:"Data" help:"File of texts, a line each, or a table's column (CSV, TSV, JSON, JSON Lines, Parquet); gzip and zstandard too; - is standard input."`
	partFlag
	Output     string   `default:"-" placeholder:"FILE|-" group:"Output" help:"x.npy, x.safetensors, x.jsonl, or - for JSON Lines on standard output."`
	Pooling    []string `placeholder:"MODE,..." enum:"mean,cls,max,mean_sqrt_len_tokens,weightedmean,lasttoken" group:"Model" help:"mean, cls, max, mean_sqrt_len_tokens, weightedmean or lasttoken, several are joined; by default what the model's folder says, else mean."`
	Normalize  *bool    `negatable:"" group:"Model" help:"Make every vector of length 1, or not; by default what the folder of a sentence-transformers model says, else yes."`
	Prompt     *string  `placeholder:"TEXT" group:"Model" help:"Comes before every text; by default the folder's default prompt, \"\" is none."`
	PromptName string   `placeholder:"NAME" group:"Model" help:"One of the prompts of the folder, such as query."`
	Pairs      bool     `group:"Output" help:"Each line is two texts parted by a tab (or two columns of a table): write their similarity instead, cosine unless the model's folder says otherwise."`
	Sparse     bool     `group:"Output" help:"Sparse vectors, SPLADE's: weights of the vocabulary's words, by a model with a head for masks; a JSON line of {index, value} for each text, as /embed_sparse gives them."`
	Terms      bool     `group:"Output" help:"--sparse: an object of words and weights for each text, the largest weight first."`
	Top        int      `group:"Output" least:"1" or:"0" help:"--sparse: the N largest weights of each text alone; 0: all that are not 0."`
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
  finetune embed minilm --pairs "doctor	physician"
  finetune embed splade --sparse --terms --top 10 "how do boats float?"`
}

// Run embeds.
func (v *embedVerb) Run(ctx context.Context, s *cli.Streams) error {
	if err := v.divide(v.Input, len(v.Text), &v.Output); err != nil {
		return err
	}
	if err := notItself(v.Input, v.Output); err != nil {
		return err
	}
	if v.Output != "-" {
		format, err := vectors.FormatOf(v.Output)
		if err == nil && v.Sparse && !v.Pairs && format != vectors.JSONLines {
			err = fault.Usage("%s: sparse vectors have no width: expected a name that ends in .jsonl", v.Output)
		}
		if err != nil {
			return fault.Usage("{output}: %w", err).Advise("- writes JSON Lines to standard output")
		}
	}
	if err := v.sparsely(); err != nil {
		return err
	}
	options, err := v.Opening(s)
	if err != nil {
		return err
	}
	if v.Prompt != nil && v.PromptName != "" {
		return fault.Usage("{prompt} and {prompt-name}: expected one of them")
	}
	if _, err := sentencetransformers.ParsePooling(v.Pooling...); err != nil {
		return fault.Usage("{pooling}: %w", err)
	}
	group := 1
	if v.Pairs {
		group = 2
	}
	var all *texts
	r, err := labelled.PartOf(v.Part, group, func() (_ labelled.Reader, err error) { all, err = v.open(ctx, s, all == nil); return all, err })
	if err != nil {
		return err
	}
	defer r.Close()
	release, err := s.ClaimFile("output", v.Output)
	if err != nil {
		return err
	}
	defer release()
	options.Bare, options.MaxLength = !v.Sparse, v.SeqLength
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
	if !v.Sparse && len(e.Pooling) == 0 {
		return fault.Usage("%s makes sparse vectors, weights of words", v.Model).Advise("{sparse} gives them; {pooling} mean asks for dense ones")
	}
	s.Notes(e.Over)
	if e.Prompt != "" {
		s.Log.Info(fmt.Sprintf("the prompt %q comes before every text", e.Prompt))
	}
	s.Log.Debug("vectors", "pooling", e.Pooling, "width", e.Width, "tokens", e.MaxLength)
	how := v.manner(p, e)
	out, err := v.writer(s, how)
	if err != nil {
		return err
	}
	defer out.Abort()
	progress, count := s.Progress(), 0
	cut, err := how.stream(ctx, r, out, func() {
		count++
		progress.Count(count, "texts")
	})
	progress.Done()
	if err == nil || v.Output == "-" {
		if failed := out.Close(); err == nil { // what failed to be written fails again here
			err = failed
		}
	}
	if err != nil {
		return err
	}
	if cut > 0 {
		s.Log.Warn(fmt.Sprintf("texts longer than %d tokens: %d; they were cut", e.MaxLength, cut))
	}
	if n := all.wordless(r); n > 0 {
		s.Log.Warn(fmt.Sprintf("texts without a word: %d; their vectors mean nothing", n))
	}
	s.Log.Info(fmt.Sprintf("%d texts in %.1f s, %s", count, progress.Took().Seconds(), how.told()))
	return nil
}

// writer opens where the vectors go, or the similarities of pairs.
func (v *embedVerb) writer(s *cli.Streams, how *manner) (*vectors.Writer, error) {
	o := vectors.Options{Width: how.width}
	if v.Pairs {
		o = vectors.Options{Width: 1, Numbers: true, Name: string(how.similarity)}
	}
	if v.Output == "-" {
		return vectors.NewWriter(s.Out, o)
	}
	return vectors.Create(v.Output, o)
}
