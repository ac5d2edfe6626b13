package wordpiece

import "gobert/internal/intake"

// refused are the keys of tokenizer_config.json that change token ids, or have changed them in a version of transformers that
// wrote such files (2 to 5: BertTokenizer, BertTokenizerFast, BertJapaneseTokenizer and what is below them), and that this
// package does not do. What it does is read in open.go and config.go. Every other key has no effect on ids there either.
var refused = []intake.Rule{
	{Key: "do_basic_tokenize", Harmless: []string{"true"}, Why: "text that is not cut into words first is not supported"},
	{Key: "never_split", Harmless: []string{"[]"}, Why: "not supported", Hint: "added_tokens_decoder keeps tokens whole"},
	{Key: "add_prefix_space", Harmless: []string{"false"}, Why: addsNothing},
	{Key: "add_bos_token", Harmless: []string{"false"}, Why: addsNothing},
	{Key: "add_eos_token", Harmless: []string{"false"}, Why: addsNothing},
	{Key: "do_word_tokenize", Harmless: []string{"true"}, Why: notJapanese},
	{Key: "do_subword_tokenize", Harmless: []string{"true"}, Why: notJapanese},
	{Key: "word_tokenizer_type", Harmless: []string{`"basic"`}, Why: notJapanese},
	{Key: "subword_tokenizer_type", Harmless: []string{`"wordpiece"`}, Why: notJapanese},
}

const (
	addsNothing = "BERT puts [CLS] and [SEP] around a text and nothing else"
	notJapanese = "words are cut as BERT's own tokenizer does, not by a dictionary"
)
