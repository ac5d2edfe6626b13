package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
	"gobert/internal/ui"
)

// foreign are names of flags elsewhere, and what they are called here: in the scripts of transformers and of Google's BERT, in
// sentence-transformers, of launchers and of text-embeddings-inference, and in the other command. Of several the first that a verb has is meant.
var foreign = map[string]string{
	"adam-beta1": "beta1", "adam-beta2": "beta2", "adam-epsilon": "eps", "attention-probs-dropout-prob": "attention-dropout",
	"auto-find-batch-size": "batch", "bert-config-file": "model", "bert-model": "model", "config-name": "model", "data-dir": "data",
	"dataloader-num-workers": "workers", "dataset-name": "data", "dev-file": "dev,heldout", "doc-stride": "stride", "dupe-factor": "static",
	"early-stopping-patience": "early-stop", "eval-batch-size": "batch", "eval-file": "dev,heldout", "eval-steps": "evaluate-every",
	"gradient-accumulation-steps": "accumulate", "gradient-checkpointing": "gradient-checkpoint", "half-precision-backend": "compute",
	"hidden-dropout-prob": "dropout", "init-checkpoint": "model", "input-file": "data,input", "iterations-per-loop": "log-every",
	"label-names": "labels", "label-smoothing-factor": "label-smoothing", "length": "seq-length", "load-best-model-at-end": "save-best",
	"logging-steps": "log-every", "lr": "learning-rate", "lr-scheduler-type": "schedule", "masked-lm-prob": "mask-rate",
	"max-answer-length": "max-answer", "max-grad-norm": "clip-norm", "max-length": "seq-length", "max-predictions-per-seq": "max-predictions",
	"max-seq-len": "seq-length", "max-seq-length": "seq-length", "max-steps": "steps", "max-tokens": "tokens", "max-train-steps": "steps",
	"metric-for-best-model": "metric", "min-lr": "min-learning-rate", "mlm-probability": "mask-rate", "model-name": "model",
	"model-name-or-path": "model", "n-best-size": "best", "null-score-diff-threshold": "no-answer-threshold", "num-epochs": "epochs",
	"num-train-epochs": "epochs", "num-train-steps": "steps", "num-warmup-steps": "warmup", "num-workers": "workers", "optim": "optimizer",
	"output-dir": "out,output", "patience": "early-stop", "per-device-eval-batch-size": "batch", "per-device-train-batch-size": "batch",
	"per-gpu-train-batch-size": "batch", "pred-file": "output", "predict-file": "input,test", "preprocessing-num-workers": "workers",
	"random-seed": "seed", "report-to": "tensorboard", "resume-from-checkpoint": "resume", "save-checkpoints-steps": "save-every",
	"save-steps": "save-every", "save-total-limit": "keep", "sequence-length": "seq-length", "short-seq-prob": "short-share", "task-name": "task",
	"test-file": "test,input", "text-column-name": "text-column", "tokenizer-name": "tokenizer", "train-batch-size": "batch",
	"train-file": "train,data", "validation-file": "dev,heldout", "validation-split-percentage": "dev-share,heldout-share",
	"version-2-with-negative": "v2", "vocab-file": "tokenizer", "warmup-ratio": "warmup", "warmup-share": "warmup", "warmup-steps": "warmup",
	"fp16": "compute", "bf16": "compute", "label-column-name": "label-column", "use-cpu": "device", "no-cuda": "device",
	"nproc-per-node": "ranks", "world-size": "ranks", "num-processes": "ranks", "host": "listen", "hostname": "listen", "port": "listen",
	"uds-path": "listen", "dtype": "compute", "torch-dtype": "compute", "max-client-batch-size": "request-texts", "payload-limit": "request-bytes",
	"max-input-length": "seq-length", "cors-allow-origin": "cors-origin", "otlp-endpoint": "traces",
}

// verbsFor are words for verbs elsewhere, as switches or as verbs.
var verbsFor = map[string]string{
	"do-train": "train", "do-eval": "eval", "do-predict": "predict", "fit": "train", "finetune": "train", "pretrain": "train", "evaluate": "eval",
	"test": "eval", "measure": "eval", "score": "eval", "infer": "predict", "classify": "predict", "tag": "predict", "answer": "predict",
	"encode": "embed", "vectors": "embed", "tokenize": "data", "corpus": "data", "tokenizer": "vocab", "mask": "fill", "nsp": "next", "page": "report",
}

// programs are the commands.
var programs = []string{"pretrain", "finetune"}

// programOf is the command that has a verb which the other one has not.
var programOf = map[string]string{
	"vocab": "pretrain", "data": "pretrain", "fill": "pretrain", "next": "pretrain", "plot": "pretrain", "recipes": "pretrain",
	"predict": "finetune", "embed": "finetune", "merge": "finetune",
}

// verbMeant says what was meant by a first word that is no verb; nothing where nothing is like it.
func verbMeant(word string, app *kong.Application) string {
	if slices.Contains(programs, word) && word != app.Name {
		return fmt.Sprintf("%s is a command of its own", word)
	}
	var verbs []string
	for _, node := range app.Children {
		verbs = append(verbs, node.Name)
	}
	for _, verb := range []string{word, verbsFor[strings.ToLower(word)], ui.Nearest(strings.ToLower(word), verbs)} {
		if slices.Contains(verbs, verb) {
			return fmt.Sprintf("did you mean %q?", verb)
		}
		if program := programOf[verb]; program != "" {
			return fmt.Sprintf("that is another command's: %s %s", program, verb)
		}
	}
	return ""
}

// instead says what was meant by a flag that a verb does not have; nothing where nothing is like it.
func instead(unknown, verb string, flags []*kong.Flag) string {
	if other, ok := verbsFor[strings.ReplaceAll(unknown, "_", "-")]; ok {
		program, _, _ := strings.Cut(verb, " ")
		return fmt.Sprintf("the verb says so: %s %s", program, other)
	}
	if meant := suggestion(unknown, flags); meant != "" {
		return fmt.Sprintf("did you mean %q?", fault.Flag(meant))
	}
	if !strings.Contains(verb, " ") {
		return fmt.Sprintf("the verb comes first: %s VERB %s ...", verb, fault.Flag(unknown))
	}
	return ""
}

// suggestion is the flag that was most likely meant.
func suggestion(unknown string, flags []*kong.Flag) string {
	var names, shown []string // an alias that is like it stands for the name that is shown
	for _, flag := range flags {
		if flag.Hidden {
			continue
		}
		for _, name := range namesOf(flag) {
			names, shown = append(names, name), append(shown, flag.Name)
		}
	}
	word := strings.ReplaceAll(strings.ToLower(unknown), "_", "-")
	for _, name := range append([]string{word}, strings.Split(foreign[word], ",")...) {
		if i := slices.Index(names, name); i >= 0 {
			return shown[i]
		}
	}
	if i := slices.Index(names, ui.Nearest(word, names)); i >= 0 {
		return shown[i]
	}
	return ""
}
