package pretrain

import (
	"gobert/data/pretraining/texts"
	"gobert/internal/fault"
	"gobert/internal/settings"
	"gobert/train/run"
)

// Config is everything a run is told: each field is a flag of the train verb and a member of run.json, under the same name.
type Config struct {
	Examples
	Network
	run.Config
	Stages
	Recorded
	Measured
}

// Examples says what is read and how examples are drawn from it.
type Examples struct {
	Data           string  `json:"data" free:"" group:"Data" required:"" placeholder:"DIR" help:"Corpus: a folder that 'pretrain data' made, one with .bin and .idx files of Megatron-LM, or one with TFRecord files (pretrain data --google, or Google's own), whose examples are fixed."`
	Heldout        string  `json:"heldout" free:"" group:"Data" placeholder:"DIR" help:"Corpus or TFRecord files to evaluate on. Default: the held-out part of --data."`
	HeldoutShare   float64 `json:"heldout_share" group:"Data" default:"0.01" most:"0.5" help:"Share of the documents (of TFRecord files: of the examples), the last ones, to hold out where --data has no such part (0 to 0.5)."`
	Tokenizer      string  `json:"tokenizer" free:"" group:"Data" placeholder:"DIR" help:"Tokenizer of the corpus. Default: the one kept in --data."`
	Length         int     `json:"seq_length" name:"seq-length" aliases:"length" group:"Data" default:"128" help:"Longest sequence, in tokens, special ones included."`
	ShortShare     float64 `json:"short_share" group:"Data" default:"0.1" most:"1" help:"Share of documents cut into shorter sequences on purpose (0 to 1)."`
	NSP            bool    `json:"nsp" group:"Data" default:"true" negatable:"" help:"Next sentence prediction: pairs of segments. Without it: full sentences, MLM alone."`
	Masking        string  `json:"masking" group:"Data" default:"tokens" enum:"tokens,words,spans" help:"What is masked: tokens (word pieces), whole words, or spans of words (SpanBERT)."`
	MaskRate       float64 `json:"mask_rate" group:"Data" default:"0.15" above:"0" most:"1" help:"Share of the tokens to predict (0 to 1)."`
	MaxPredictions int     `json:"max_predictions" group:"Data" default:"0" help:"Most tokens to predict in a sequence. 0: mask rate times length."`
	MaskProb       float64 `json:"mask_prob" group:"Data" default:"0.8" most:"1" help:"Share of the tokens to predict that become [MASK]."`
	RandomProb     float64 `json:"random_prob" group:"Data" default:"0.1" most:"1" help:"Share of them that become a random token; the rest stays."`
	Static         int     `json:"static" group:"Data" default:"0" help:"Repeat the same examples after so many epochs (Google's dupe factor is 10). 0: new ones in every epoch."`
	Shuffle        string  `json:"shuffle" group:"Data" default:"permutation" enum:"permutation,buffer,none" help:"Order of the examples: permutation (any at any place), buffer (runs that lie together on disk), none."`
	ShuffleBuffer  int     `json:"shuffle_buffer" group:"Data" default:"100000" least:"1" help:"Examples in a run of buffer shuffling."`
	Workers        int     `json:"workers" free:"" group:"Data" default:"0" parallel:"" help:"Goroutines that draw examples. 0: by the number of cores. Batches do not depend on it."`
}

// Network says what is trained.
type Network struct {
	Model            string   `json:"model" group:"Model" default:"mini" help:"tiny, mini, small, medium, base, large (from scratch); a config.json (from scratch); a model folder or name on the Hugging Face hub (goes on from its weights)."`
	Dropout          float64  `json:"dropout" group:"Model" default:"-1" least:"-1" below:"1" help:"Dropout of hidden states (0 to below 1). -1: the model's own."`
	AttentionDropout float64  `json:"attention_dropout" group:"Model" default:"-1" least:"-1" below:"1" help:"Dropout of attention probabilities. -1: the model's own."`
	Positions        int      `json:"positions" group:"Model" default:"0" help:"Positions of the model, in tokens; more than a checkpoint has are interpolated. 0: the model's own."`
	Freeze           []string `json:"freeze" group:"Model" placeholder:"PART,..." help:"What stays as it is: embeddings, layer.0-3, pooler, or checkpoint names with wildcards."`
}

// Stages say how batches change during the run.
type Stages struct {
	BatchTokens  int     `json:"batch_tokens" group:"Batches" default:"0" help:"Most tokens in a batch. 0: no limit."`
	RampFrom     int     `json:"ramp_from" group:"Batches" default:"0" help:"Batch ramp: sequences in a batch at the beginning; grows to --batch in eight steps. 0: no ramp."`
	RampShare    float64 `json:"ramp_share" group:"Batches" default:"0.1" above:"0" below:"1" help:"Share of the run in which the batch grows."`
	SecondLength int     `json:"second_length" group:"Batches" default:"0" help:"Second phase: sequences of so many tokens, such as 512. 0: one phase."`
	SecondShare  float64 `json:"second_share" group:"Batches" default:"0.1" above:"0" below:"1" help:"Share of the run that is the second phase, at its end."`
	SecondBatch  int     `json:"second_batch" group:"Batches" default:"0" help:"Sequences in a batch of the second phase. 0: as many as have the tokens of the first."`
	Bucket       int     `json:"bucket" group:"Batches" default:"0" help:"Sort so many examples at a time by length, for batches of even length. 0: off (packing needs none)."`
}

// Recorded says how the launches of a step reach a GPU.
type Recorded struct {
	CUDAGraphs string `json:"cuda_graphs" name:"cuda-graphs" group:"Computing" default:"off" enum:"off,auto,on" help:"Record the launches of a step on a GPU once for each size of batch, and do them again as one: off, auto (for models and batches too small to keep the card busy), on. Sizes are rounded up. It has run on a stand-in for CUDA only."`
}

// Measured says on how much the model is measured, and what is shown of it.
type Measured struct {
	EvaluateSequences int `json:"evaluate_sequences" group:"Evaluation" default:"512" help:"Held-out sequences to measure. 0: all. With two phases they have the length of the longer part of the run."`
	Samples           int `json:"samples" free:"" group:"Evaluation" default:"6" help:"Held-out sentences whose guesses are kept at each evaluation, in samples.jsonl."`
}

// Variables are what the declaration of package run leaves to the kind of run.
func Variables() map[string]string {
	return map[string]string{
		"epochs": "0", "eps": "1e-6", "learning_rate": "1e-4", "warmup": "0.01", "compute": "auto", "evaluate_every": "500", "keep": "2", "seed": "1",
		"steps_note": "", "grid_note": "", "batch_help": fault.Command("Sequences in a batch. 0: as many as {batch-tokens} allows."), "evaluate_zero": "only at the end", "evaluated_on": " on held-out sequences with fixed masks",
		"deciding": "the held-out loss", "keep_while": "beside the best model", "out_model": "the newest model itself",
		"seed_help": "Of weights, masks, pairs, order and dropout: the same seed gives the same bits.", "resume_note": " Its settings need not be repeated.",
	}
}

// Defaults are the settings of a run that is told nothing.
func Defaults() *Config {
	c := &Config{}
	settings.Default(c, Variables())
	return c
}

// text is what the configuration reads.
func (e *Examples) text() texts.Options {
	return texts.Options{Data: e.Data, Heldout: e.Heldout, HeldoutShare: e.HeldoutShare, Tokenizer: e.Tokenizer, Pairs: e.NSP}
}
