package finetune

import "gobert/data/wordpiece"

// Tokenizer is a model's tokenizer.
type Tokenizer struct{ *wordpiece.Tokenizer }
