package pipeline

import (
	"context"
	"fmt"
	"slices"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/internal/fault"
	"gobert/internal/sentencetransformers"
	"gobert/internal/torch"
	"gobert/task"
)

// Vectors says how texts become vectors. Zero fields are what the model's folder says (sentence-transformers' files), else mean, of
// length 1, and as long as the model can read.
type Vectors struct {
	Pooling    []string // "mean", "cls", "max", "mean_sqrt_len_tokens", "weightedmean", "lasttoken"; several are joined
	Normalize  *bool    // to length 1
	Prompt     *string  // in front of every text
	PromptName string   // one of the folder's prompts
}

type (
	// Pooling is how the hidden states of a text become its vector: one mode, or several whose vectors are joined.
	Pooling = sentencetransformers.Pooling
	// Similarity says how vectors are compared.
	Similarity = sentencetransformers.Similarity
)

// Cosine is the cosine of the angle between two vectors; 0 where one is all zeros.
func Cosine(a, b []float32) float64 { return sentencetransformers.Cosine.Of(a, b) }

// Embedder turns texts into vectors.
type Embedder struct {
	Pooling    Pooling
	Prompt     string // in front of every text
	MaxLength  int    // tokens of a text
	Width      int    // of a vector
	Similarity Similarity
	Logarithms int      // of a SPLADE folder, whose vectors are sparse: log(1+x) is taken of logits so often; 0: vectors are dense
	Over       []string // what options do in place of the folder's word, for people

	Tokenizer *wordpiece.Tokenizer

	model  *bert.Model
	folder bool   // it says how
	skip   int    // tokens of the prompt that are not pooled, [CLS] among them
	then   []step // what pooled vectors go through
}

// Embed gives each text its vector, as the model's folder says, or Options.Vectors.
func (p *Pipeline) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	e, err := p.Embedder()
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, 0, len(texts))
	cut, err := e.Stream(ctx, labelled.Given(plain(texts)), func(vector []float32) error {
		vectors = append(vectors, vector)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if cut > 0 && p.options.Warn != nil {
		p.options.Warn(fmt.Sprintf("texts longer than %d tokens: %d; they were cut", e.MaxLength, cut))
	}
	return vectors, nil
}

// Embedder says how texts become vectors, and embeds streams of them.
func (p *Pipeline) Embedder() (*Embedder, error) { return p.embedder() }

// Stream gives the vectors of the texts that r reads to use, in order. It holds a few batches at a time, and does not wait for a full
// one while a live input pauses. A faulty row ends it. It says how many texts were cut.
func (e *Embedder) Stream(ctx context.Context, r labelled.Reader, use func(vector []float32) error) (cut int, err error) {
	texts := 0
	vectors := func(b *features.Batch) ([][]float32, error) {
		out, err := e.Forward(b)
		return slices.Collect(slices.Chunk(out.Logits, max(e.Width, 1))), err
	}
	return Stream(ctx, e, r, vectors, func(vector []float32) error {
		if texts++; !bert.Finite(vector) {
			return fault.New("pipeline: the vector of text %d holds NaN or infinity", texts).Advise("the model's weights do, or fp16 is too narrow for them: {compute} fp32")
		}
		return use(vector)
	})
}

// Forward gives the vectors of a batch, a row for each text. Means and maxima are taken here, over the packed rows: no padding is ever made.
func (e *Embedder) Forward(b *features.Batch) (*task.Outputs, error) {
	var out []float32
	err := e.pass(b, func(p *torch.Pass, in *bert.Packed) { out = e.Pooled(p, in, b) })
	if err == nil {
		out, err = e.Finish(out)
	}
	return &task.Outputs{Logits: out, Width: e.Width}, err
}

// Firsts says whether first tokens are all that is pooled.
func (e *Embedder) Firsts() bool {
	return len(e.Pooling) == 1 && e.Pooling[0] == sentencetransformers.CLS && e.skip == 0
}

// Pooled are the vectors of a batch in a pass of the caller's, before [Embedder.Finish].
func (e *Embedder) Pooled(p *torch.Pass, in *bert.Packed, b *features.Batch) []float32 {
	if len(e.Pooling) == 0 {
		torch.Throw("embed", "the folder makes sparse vectors, weights of words: {sparse}, package sparse, or /embed_sparse, gives these; {pooling} mean asks for others")
	}
	hidden := e.model.Config.HiddenSize
	width := hidden * len(e.Pooling)
	out := make([]float32, b.Len()*width)
	if e.Firsts() {
		torch.ToSlice(e.model.Forward(p, in, bert.Want{Rows: in.Firsts()}).Last, out)
		return out
	}
	states := torch.Values[float32](e.model.Forward(p, in, bert.Want{}).Last)
	for i := range b.Len() {
		e.Pooling.Pool(states[int(b.Offsets[i])*hidden:int(b.Offsets[i+1])*hidden], hidden, e.skip, out[i*width:(i+1)*width])
	}
	return out
}

// Finish takes pooled vectors through what comes behind, as the folder says.
func (e *Embedder) Finish(out []float32) (_ []float32, err error) {
	for _, s := range e.then {
		if err == nil {
			out, err = s.apply(out)
		}
	}
	return out, err
}

// States gives the hidden states of a batch, a row for each token.
func (e *Embedder) States(b *features.Batch) (*task.Outputs, error) {
	out := &task.Outputs{Width: e.model.Config.HiddenSize}
	err := e.pass(b, func(p *torch.Pass, in *bert.Packed) {
		out.Logits = torch.Values[float32](e.model.Forward(p, in, bert.Want{}).Last)
	})
	return out, err
}

// pass is one of many, over a batch.
func (e *Embedder) pass(b *features.Batch, f func(p *torch.Pass, in *bert.Packed)) error {
	return torch.Run(func() error {
		mode := e.model.Mode()
		mode.Many = true
		return torch.Do(mode, func(p *torch.Pass) error {
			in, err := e.model.Config.Pack(p, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
			if err == nil {
				f(p, in)
			}
			return err
		})
	})
}

// EmbedderFor does what the folder says, unless v says otherwise.
func (p *Pipeline) EmbedderFor(v Vectors) (*Embedder, error) {
	said, err := p.says()
	if err != nil {
		return nil, err
	}
	e := &Embedder{model: p.Model.Network.Encoder(), Tokenizer: p.Model.Tokenizer, folder: said != nil}
	if said == nil {
		said = &sentencetransformers.Model{ // what is done where no folder says anything
			Pooling: sentencetransformers.Pooling{sentencetransformers.Mean}, IncludePrompt: true,
			Then: []sentencetransformers.Module{sentencetransformers.Normalize{}}, Similarity: sentencetransformers.Cosine,
		}
	}
	asked, err := sentencetransformers.ParsePooling(v.Pooling...)
	if err != nil {
		return nil, fmt.Errorf("pipeline: %w", err)
	}
	e.Logarithms = said.Logarithms
	if e.Pooling = said.Pooling; len(asked) > 0 {
		e.Pooling = asked
		e.over(len(said.Pooling) > 0 && said.Pooling.String() != asked.String(), "pooling is %v as asked for; the folder says %v", asked, said.Pooling)
	}
	e.Similarity = said.Similarity
	if said.Lowercase && !e.Tokenizer.Lowercase() {
		if e.Tokenizer, err = e.Tokenizer.Lowered(); err != nil {
			return nil, err
		}
	}
	if err := e.limit(p, said.MaxLength); err != nil {
		return nil, err
	}
	if err := e.settlePrompt(said, v); err != nil {
		return nil, err
	}
	return e, e.settleSteps(said, v.Normalize)
}

// over notes that an option is done in place of what the folder says.
func (e *Embedder) over(differs bool, format string, args ...any) {
	if differs && e.folder {
		e.Over = append(e.Over, fmt.Sprintf(format, args...))
	}
}

// limit settles how much of a text is read.
func (e *Embedder) limit(p *Pipeline, said int) error {
	wanted := p.options.MaxLength
	if wanted == 0 {
		wanted = said
	}
	if longer := p.Model.Shorter(wanted); longer != "" && p.options.Warn != nil {
		p.options.Warn(longer)
	}
	e.MaxLength = p.Model.Length(wanted)
	const special = 2
	if e.MaxLength <= special {
		return fmt.Errorf("pipeline: %d tokens of a text are read, of which [CLS] and [SEP] are two: expected at least 3", e.MaxLength)
	}
	return nil
}

// settlePrompt finds the prompt, and how much of it is not pooled.
func (e *Embedder) settlePrompt(said *sentencetransformers.Model, o Vectors) (err error) {
	name := o.PromptName
	if name == "" {
		name = said.DefaultPrompt
	}
	if o.Prompt != nil {
		e.Prompt = *o.Prompt
	} else if name != "" {
		if e.Prompt, err = said.Prompt(name); err != nil {
			return fmt.Errorf("pipeline: %w", err)
		}
	}
	if e.Prompt == "" {
		return nil
	}
	before := 1 + len(e.Tokenizer.AppendIDs(nil, e.Prompt))
	if before > e.MaxLength-2 {
		return fmt.Errorf("pipeline: the prompt %q has %d tokens, and with it %d are read: nothing of a text would be left", e.Prompt, before-1, e.MaxLength)
	}
	if !said.IncludePrompt {
		e.skip = before
	}
	return nil
}

// settleSteps lists what pooled vectors go through.
func (e *Embedder) settleSteps(said *sentencetransformers.Model, normal *bool) (err error) {
	modules := slices.Clone(said.Then)
	ends := func() bool { // with vectors of length 1
		if len(modules) == 0 {
			return false
		}
		_, ends := modules[len(modules)-1].(sentencetransformers.Normalize)
		return ends
	}
	if normal != nil {
		e.over(ends() != *normal, "vectors of length 1: %t as asked for; the folder says %t", *normal, ends())
	}
	for normal != nil && !*normal && ends() {
		modules = modules[:len(modules)-1]
	}
	e.Width = e.model.Config.HiddenSize * len(e.Pooling)
	if e.then, err = steps(modules, e.Width, e.model.Mode().Device); err != nil {
		return err
	}
	if n := len(e.then); n > 0 {
		e.Width = e.then[n-1].width
	}
	if said.Dimensions > 0 && said.Dimensions < e.Width {
		e.then = append(e.then, firstNumbers(e.Width, said.Dimensions))
		e.Width = said.Dimensions
	}
	if normal != nil && *normal {
		e.then = append(e.then, normalized(e.Width))
	}
	return nil
}
