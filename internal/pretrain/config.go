package pretrain

import (
	"gobert/internal/cli"
)

// Config is everything a run is told: each field is a flag of the train verb and a member of run.json, under the same name.
type Config struct {
	Data
	Model
	Horizon
	Batches
	Optimizer
	LearningRate
	Computing
	Evaluation
	Checkpoints
	Record
	Run
}

// Data says what is read and how examples are drawn from it.
type Data struct {
	Data           string  `json:"data" group:"Data" required:"" placeholder:"DIR" help:"Corpus: a folder that 'pretrain data' made, one with .bin and .idx files of Megatron-LM, or one with TFRecord files (pretrain data --google, or Google's own), whose examples are fixed."`
	Heldout        string  `json:"heldout" group:"Data" placeholder:"DIR" help:"Corpus or TFRecord files to evaluate on. Default: the held-out part of --data."`
	HeldoutShare   float64 `json:"heldout_share" group:"Data" default:"0.01" help:"Share of the documents (of TFRecord files: of the examples), the last ones, to hold out where --data has no such part (0 to 0.5)."`
	Tokenizer      string  `json:"tokenizer" group:"Data" placeholder:"DIR" help:"Tokenizer of the corpus. Default: the one kept in --data."`
	Length         int     `json:"seq_length" name:"seq-length" aliases:"length" group:"Data" default:"128" help:"Longest sequence, in tokens, special ones included."`
	ShortShare     float64 `json:"short_share" group:"Data" default:"0.1" help:"Share of documents cut into shorter sequences on purpose (0 to 1)."`
	NSP            bool    `json:"nsp" group:"Data" default:"true" negatable:"" help:"Next sentence prediction: pairs of segments. Without it: full sentences, MLM alone."`
	Masking        string  `json:"masking" group:"Data" default:"tokens" enum:"tokens,words,spans" help:"What is masked: tokens (word pieces), whole words, or spans of words (SpanBERT)."`
	MaskRate       float64 `json:"mask_rate" group:"Data" default:"0.15" help:"Share of the tokens to predict (0 to 1)."`
	MaxPredictions int     `json:"max_predictions" group:"Data" default:"0" help:"Most tokens to predict in a sequence. 0: mask rate times length."`
	MaskProb       float64 `json:"mask_prob" group:"Data" default:"0.8" help:"Share of the tokens to predict that become [MASK]."`
	RandomProb     float64 `json:"random_prob" group:"Data" default:"0.1" help:"Share of them that become a random token; the rest stays."`
	Static         int     `json:"static" group:"Data" default:"0" help:"Repeat the same examples after so many epochs (Google's dupe factor is 10). 0: new ones in every epoch."`
	Shuffle        string  `json:"shuffle" group:"Data" default:"permutation" enum:"permutation,buffer,none" help:"Order of the examples: permutation (any at any place), buffer (runs that lie together on disk), none."`
	ShuffleBuffer  int     `json:"shuffle_buffer" group:"Data" default:"100000" least:"1" help:"Examples in a run of buffer shuffling."`
	Workers        int     `json:"workers" group:"Data" default:"0" parallel:"" help:"Goroutines that draw examples. 0: by the number of cores. Batches do not depend on it."`
}

// Model says what is trained.
type Model struct {
	Model            string   `json:"model" group:"Model" default:"mini" help:"tiny, mini, small, medium, base, large (from scratch); a config.json (from scratch); a model folder or name on the Hugging Face hub (goes on from its weights)."`
	Dropout          float64  `json:"dropout" group:"Model" default:"-1" least:"-1" below:"1" help:"Dropout of hidden states (0 to below 1). -1: the model's own."`
	AttentionDropout float64  `json:"attention_dropout" group:"Model" default:"-1" least:"-1" below:"1" help:"Dropout of attention probabilities. -1: the model's own."`
	Positions        int      `json:"positions" group:"Model" default:"0" help:"Positions of the model, in tokens; more than a checkpoint has are interpolated. 0: the model's own."`
	Freeze           []string `json:"freeze" group:"Model" placeholder:"PART,..." help:"What stays as it is: embeddings, layer.0-3, pooler, or checkpoint names with wildcards."`
}

// Horizon ends the run: the first limit that is reached. The learning rate decays towards it.
type Horizon struct {
	Steps  Count    `json:"steps" group:"Horizon" default:"0" help:"Updates, such as 10000 or 1M."`
	Tokens Count    `json:"tokens" group:"Horizon" default:"0" help:"Real tokens, such as 500M."`
	Epochs float64  `json:"epochs" group:"Horizon" default:"0" help:"Times through the corpus; fractions are fine."`
	Budget Duration `json:"budget" group:"Horizon" default:"0" help:"Time, such as 90m or 24h, resumed parts included."`
}

// Batches say what an update is made from.
type Batches struct {
	Batch        int     `json:"batch" aliases:"batch-size" group:"Batches" default:"32" help:"Sequences in a batch. 0: as many as --batch-tokens allows."`
	BatchTokens  int     `json:"batch_tokens" group:"Batches" default:"0" help:"Most tokens in a batch. 0: no limit."`
	Accumulate   int     `json:"accumulate" group:"Batches" default:"1" help:"Batches to an update: their gradients are averaged."`
	RampFrom     int     `json:"ramp_from" group:"Batches" default:"0" help:"Batch ramp: sequences in a batch at the beginning; grows to --batch in eight steps. 0: no ramp."`
	RampShare    float64 `json:"ramp_share" group:"Batches" default:"0.1" above:"0" below:"1" help:"Share of the run in which the batch grows."`
	SecondLength int     `json:"second_length" group:"Batches" default:"0" help:"Second phase: sequences of so many tokens, such as 512. 0: one phase."`
	SecondShare  float64 `json:"second_share" group:"Batches" default:"0.1" above:"0" below:"1" help:"Share of the run that is the second phase, at its end."`
	SecondBatch  int     `json:"second_batch" group:"Batches" default:"0" help:"Sequences in a batch of the second phase. 0: as many as have the tokens of the first."`
	Bucket       int     `json:"bucket" group:"Batches" default:"0" help:"Sort so many examples at a time by length, for batches of even length. 0: off (packing needs none)."`
}

// Optimizer is the update rule.
type Optimizer struct {
	Optimizer   string  `json:"optimizer" group:"Optimizer" default:"adamw" enum:"adamw,lamb" help:"adamw (decoupled decay) or lamb (for very large batches)."`
	Beta1       float64 `json:"beta1" name:"beta1" group:"Optimizer" default:"0.9" below:"1" help:"Decay of the mean of the gradient."`
	Beta2       float64 `json:"beta2" name:"beta2" group:"Optimizer" default:"0.999" below:"1" help:"Decay of the mean of its square."`
	Eps         float64 `json:"eps" group:"Optimizer" default:"1e-6" above:"0" help:"Added to the root of the second."`
	WeightDecay float64 `json:"weight_decay" group:"Optimizer" default:"0.01" help:"Decay of matrices; biases and norms have none."`
	ClipNorm    float64 `json:"clip_norm" group:"Optimizer" default:"1" help:"Longest gradient (global norm). 0: no clipping."`
}

// LearningRate is the schedule.
type LearningRate struct {
	Rate       float64 `json:"learning_rate" name:"learning-rate" aliases:"lr" group:"Learning rate" default:"1e-4" above:"0" help:"Peak."`
	Schedule   string  `json:"schedule" group:"Learning rate" default:"linear" enum:"linear,constant,cosine,one-sqrt,polynomial,inverse-sqrt,wsd" help:"Curve after the warm-up: linear, constant, cosine, one-sqrt, polynomial, inverse-sqrt, wsd (stable, then decays)."`
	Warmup     float64 `json:"warmup" aliases:"warmup-share,warmup-steps" group:"Learning rate" default:"0.01" most:"1e15" help:"Below 1: the share of the run in which the rate rises; else updates."`
	MinRate    float64 `json:"min_learning_rate" name:"min-learning-rate" group:"Learning rate" default:"0" help:"Where the curve ends."`
	Power      float64 `json:"power" group:"Learning rate" default:"1" above:"0" help:"Of the polynomial curve."`
	DecayShare float64 `json:"decay_share" group:"Learning rate" default:"0.2" above:"0" most:"1" help:"Share of the run in which wsd decays."`
}

// Computing says where and how it is computed.
type Computing struct {
	Device  string      `json:"-" group:"Computing" default:"auto" help:"auto (a GPU if there is one), cpu, cuda or cuda:N."`
	Compute string      `json:"compute" group:"Computing" default:"auto" enum:"auto,fp32,bf16,fp16" help:"Type of activations and products: fp32, bf16, fp16 (with loss scaling); auto: bf16 where the machine multiplies it itself. Weights and sums are fp32."`
	Threads cli.Threads `json:"-" group:"Computing" default:"0" help:"Threads of one operator on the CPU. 0: all cores."`
	cli.Numerics
	GradientCheckpoint bool `json:"gradient_checkpoint" group:"Computing" help:"Compute activations again in the backward pass instead of keeping them: less memory, a third slower."`
}

// Evaluation says how the model is measured while it is trained.
type Evaluation struct {
	EvaluateEvery     int64 `json:"evaluate_every" group:"Evaluation" default:"500" help:"Updates between evaluations on held-out sequences with fixed masks. 0: only at the end."`
	EvaluateSequences int   `json:"evaluate_sequences" group:"Evaluation" default:"512" help:"Held-out sequences to measure. 0: all. With two phases they have the length of the longer part of the run."`
	EarlyStop         int   `json:"early_stop" aliases:"patience" group:"Evaluation" default:"0" help:"Stop after so many evaluations without improvement of the held-out loss. 0: never."`
	Samples           int   `json:"samples" group:"Evaluation" default:"6" help:"Held-out sentences whose guesses are kept at each evaluation, in samples.jsonl."`
}

// Checkpoints say what is kept.
type Checkpoints struct {
	SaveEvery int64 `json:"save_every" group:"Checkpoints" default:"500" help:"Updates between checkpoints. 0: only at the end."`
	Keep      int   `json:"keep" group:"Checkpoints" default:"2" help:"Newest checkpoints that stay, beside the best model. 0: all."`
}

// Record says what is written down.
type Record struct {
	LogEvery    int64 `json:"log_every" group:"Record" default:"10" help:"Updates between lines of metrics.jsonl and of the display."`
	TensorBoard bool  `json:"tensorboard" name:"tensorboard" group:"Record" default:"true" negatable:"" help:"Write TensorBoard event files, too."`
}

// Run says where the run is kept and how it begins.
type Run struct {
	Out         string     `json:"-" group:"Run" required:"" placeholder:"RUN" help:"Folder of the run: checkpoints, metrics, and the newest model itself."`
	Seed        uint64     `json:"seed" group:"Run" default:"1" help:"Of weights, masks, pairs, order and dropout: the same seed gives the same bits."`
	Resume      string     `json:"-" type:"resume" group:"Run" placeholder:"auto|PATH" help:"Go on with the run in --out: auto takes its newest whole checkpoint, or names one. Its settings need not be repeated."`
	AllowChange []string   `json:"-" group:"Run" placeholder:"NAME,..." help:"Settings that may differ from those of the checkpoint that is resumed."`
	Rehearse    bool       `json:"-" group:"Run" default:"true" negatable:"" help:"Try two steps, an evaluation and a checkpoint first, so that faults show at once."`
	Recipe      cli.Recipe `json:"-" group:"Run" placeholder:"NAME" help:"Start from a recipe: bert-paper, roberta-like, 24h-one-gpu, laptop ('pretrain recipes' explains every number)."`
	Rank        int        `json:"-" group:"Run" default:"0" hidden:"" help:"Number of this process, from 0."`
	World       int        `json:"world" group:"Run" default:"1" hidden:"" help:"Processes that train together: one, for now."`
	Config      cli.Config `json:"-" group:"Run" placeholder:"FILE" help:"JSON file with flags: {\"batch\": 64, \"learning_rate\": 2e-4}. The command line wins. A run's own is RUN/run.json."`
}
