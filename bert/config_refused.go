package bert

import "gobert/internal/intake"

// refused are the keys of config.json that Config has no field for and that change what the reference computes, or have changed
// it in a version that wrote such files (transformers 2 to 5: BertConfig, PreTrainedConfig and what they read). Every other key
// of a file is kept and has no effect here, as it has none in the reference's BERT.
var refused = []intake.Rule{
	{Key: "model_type", Harmless: []string{`"bert"`}, Why: "expected \"bert\"", Hint: "kin such as RoBERTa or DistilBERT have other weights"},
	{Key: "is_decoder", Harmless: []string{"false"}, Why: encoderOnly},
	{Key: "add_cross_attention", Harmless: []string{"false"}, Why: encoderOnly},
	{Key: "is_encoder_decoder", Harmless: []string{"false"}, Why: encoderOnly},
	{Key: "pruned_heads", Harmless: []string{"{}"}, Why: "a model without some of its heads is not supported", Hint: "keep them, with weights of 0"},
	{Key: "per_layer_config", Harmless: []string{"{}"}, Why: "layers of different sizes are not supported"},
	{Key: quantizationKey, Harmless: []string{"{}", quantization}, Why: "weights quantized otherwise than by finetune quantize are not supported", Hint: "save the model in fp32, fp16 or bf16"},
}

const encoderOnly = "BERT is an encoder only"
