package pretrain

import (
	"encoding/json"
	"strconv"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/settings"
)

// Setting is one number of a recipe and why it is that number.
type Setting struct {
	Flag, Value, Why string
}

// RecipeOf is a named set of settings. What it leaves out is as the flags' defaults say.
type RecipeOf struct {
	Name, About string
	Settings    []Setting
}

// Recipes lists what --recipe knows.
func Recipes() []RecipeOf {
	return []RecipeOf{bertPaper(), robertaLike(), dayOnOneGPU(), laptop()}
}

// FindRecipe gives a recipe's flags by name.
func FindRecipe(name string) (map[string]string, error) {
	var names []string
	for _, r := range Recipes() {
		if r.Name == name {
			values := map[string]string{}
			for _, s := range r.Settings {
				values[s.Flag] = s.Value
			}
			return values, nil
		}
		names = append(names, r.Name)
	}
	return nil, fault.Usage("{recipe}: %q is not known: expected one of %s", name, strings.Join(names, ", "))
}

// Use gives the configuration the settings of a recipe.
func (c *Config) Use(recipe string) error {
	values, err := FindRecipe(recipe)
	if err != nil {
		return err
	}
	members := map[string]json.RawMessage{}
	for flag, value := range values {
		text := []byte(value)
		if !json.Valid(text) { // words, which files have in quotes
			text = strconv.AppendQuote(nil, value)
		}
		members[strings.ReplaceAll(flag, "-", "_")] = text
	}
	text, err := json.Marshal(members)
	if err != nil {
		return err
	}
	return settings.Read(text, c)
}

func bertPaper() RecipeOf {
	return RecipeOf{
		"bert-paper", "BERT base as Devlin et al. 2019 trained it (sections 3.1 and A.2, and their released code).",
		[]Setting{
			{"model", "base", "the smaller of the paper's two models"},
			{"steps", "1000000", "about 40 epochs over their 3.3 billion words"},
			{"seq-length", "128", "the first 90 % of the steps: attention over 512 tokens is dear, and short texts teach most of it"},
			{"second-length", "512", "the last steps, to learn the later positions"},
			{"second-share", "0.1", "as the paper: 10 % of the steps"},
			{"batch", "256", fault.Command("sequences an update; with less memory, {batch} 32 and {accumulate} 8 give the same update")},
			{"second-batch", "256", "the paper keeps the number of sequences"},
			{"optimizer", "adamw", "their Adam decays weights apart from the gradient"},
			{"learning-rate", "1e-4", "the paper's"},
			{"warmup", "10000", "the paper's"},
			{"schedule", "linear", "the paper's"},
			{"weight-decay", "0.01", "the paper's; none on biases and norms, as in their code"},
			{"beta2", "0.999", "the paper's"},
			{"eps", "1e-6", "the value of their code"},
			{"clip-norm", "1", "in their code, not in the paper"},
			{"masking", "tokens", "the first release masks word pieces; masking words is their later improvement"},
			{"static", "10", "their data held ten maskings of each text (dupe_factor)"},
			{"short-share", "0.1", "their code's short_seq_prob"},
			{"evaluate-every", "5000", "a half percent of the run"},
			{"save-every", "5000", "a loss of half a percent of the run at most"},
			{"log-every", "100", "the loss is read, and the device waited for, only then"},
		},
	}
}

func robertaLike() RecipeOf {
	return RecipeOf{
		"roberta-like", "What Liu et al. 2019 (RoBERTa) changed, on BERT's architecture and vocabulary.",
		[]Setting{
			{"model", "base", "as in their comparison with BERT"},
			{"nsp", "false", "their FULL-SENTENCES without next sentence prediction was better (table 2)"},
			{"static", "0", "new masks every time a text is seen (section 4.1)"},
			{"seq-length", "512", "full length from the beginning (section 3.1)"},
			{"short-share", "0", "no sequence is cut short on purpose"},
			{"batch", "256", "what fits one large GPU in bf16"},
			{"accumulate", "32", "256 x 32 is their batch of 8192 sequences (section 4.3)"},
			{"steps", "500000", "their longest run (section 5)"},
			{"learning-rate", "6e-4", "their rate for base (table 9)"},
			{"warmup", "24000", "table 9"},
			{"schedule", "linear", "table 9"},
			{"beta2", "0.98", "more stable with large batches (section 3.1)"},
			{"eps", "1e-6", "table 9"},
			{"weight-decay", "0.01", "table 9"},
			{"clip-norm", "0", "table 9: no clipping"},
			{"evaluate-every", "1000", "an evaluation costs little beside 1000 updates of 8192 sequences"},
			{"save-every", "1000", "hours, not days, are at stake"},
		},
	}
}

func dayOnOneGPU() RecipeOf {
	return RecipeOf{
		"24h-one-gpu", "As good as a day on one GPU makes it, after Izsak et al. 2021 (24hBERT) and Geiping and Goldstein 2023 (Cramming).",
		[]Setting{
			{"model", "base", "at a day's budget larger models see too few tokens (Cramming, section 4.2)"},
			{"budget", "24h", "the end is a time, and the learning rate decays to 0 at it"},
			{"nsp", "false", "both papers leave it out: all of the loss teaches the language"},
			{"seq-length", "128", "both papers: more different texts for the same time"},
			{"short-share", "0", "full sequences, no wasted room"},
			{"batch", "256", "what fits 80 GB at 128 tokens in bf16, with room"},
			{"accumulate", "16", "256 x 16 is 4096 sequences, 24hBERT's batch"},
			{"ramp-from", "32", "Cramming grows the batch: small ones learn faster at first"},
			{"ramp-share", "0.3", "so that about two thirds of the day have the full batch"},
			{"compute", "bf16", "at least twice as fast as fp32, and needs no loss scaling"},
			{"dropout", "0", "Cramming: a text is seen once or twice, there is nothing to overfit"},
			{"attention-dropout", "0", "the same, and attention is faster without"},
			{"learning-rate", "1e-3", "both papers; possible with the large batch and the warm-up"},
			{"warmup", "0.06", "24hBERT's"},
			{"schedule", "linear", "to 0 at the end: what budgets need most (24hBERT, section 4)"},
			{"beta2", "0.98", "both papers"},
			{"eps", "1e-6", "24hBERT's; Cramming's 1e-12 did not matter"},
			{"weight-decay", "0.01", "both papers"},
			{"clip-norm", "0.5", "Cramming: keeps the high rate from derailing a run"},
			{"evaluate-every", "500", "every half hour or so"},
			{"save-every", "500", "a half hour at stake"},
		},
	}
}

func laptop() RecipeOf {
	return RecipeOf{
		"laptop", "An hour without a GPU, on some ten megabytes of text: a small model that has clearly learnt something.",
		[]Setting{
			{"model", "mini", "4 layers of 256 (Turc et al. 2019): on two cores an hour is some thirty million tokens, which larger models could not use"},
			{"budget", "1h", "ends decayed to 0 after an hour, whatever the machine's speed"},
			{"seq-length", "16", "first short pieces: among 16 tokens a mask soon finds its neighbours; among 128 it had not after 6700 updates (docs/RESULTS.md)"},
			{"second-length", "128", "then BERT's first length, for sentences and pairs"},
			{"second-share", "0.8", "most of the run: what 16 tokens can teach is learnt early"},
			{"batch", "256", "4096 tokens, in both phases: small models learn more from many updates than from large ones"},
			{"mask-rate", "0.2", "a third more to learn from in each pass than with 0.15, which is too little for BERT, too (Wettig et al. 2023)"},
			{"learning-rate", "1e-3", "ten times BERT's: small models bear it, and an hour needs it"},
			{"warmup", "0.02", "some hundred updates, enough for that rate"},
			{"schedule", "linear", "to 0 at the end"},
			{"beta2", "0.98", "forgets the first updates sooner, which a short run wants"},
			{"dropout", "0", "masks and pairs are drawn anew in every epoch: that is enough noise for a few epochs"},
			{"attention-dropout", "0", "the same"},
			{"evaluate-every", "250", "every minute or two: one sees it learn"},
			{"save-every", "250", "a minute or two at stake"},
		},
	}
}
