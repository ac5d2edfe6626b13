// Package bert is BERT's encoder (Devlin et al. 2019): embeddings, bidirectional self-attention layers and a pooler, equal
// to the reference's BertModel in outputs and gradients, over Hugging Face model folders.
//
//	m, err := bert.Load(ctx, "google-bert/bert-base-uncased", bert.Options{})
//	if err != nil {
//		return err
//	}
//	defer m.Close()
//	out, err := m.Encode(bert.Input{IDs: []int32{101, 7592, 2088, 102}, Length: 4}, bert.Want{})
//	fmt.Println(out.Last[:out.Width]) // the hidden state of [CLS]
//
// # The struct is the checkpoint
//
// Field tags carry the checkpoint's names, and one walk over a model ([Parameters]) serves loading, saving, weight decay,
// freezing and optimizer state. A [Store] keeps all parameters in flat memory.
//
// # Real tokens only
//
// A batch is packed ([Packing], [Packed]): the tokens of all sequences end to end, without padding, and offsets that say
// where each begins. Only attention knows where a sequence ends. Padded input is taken at the door ([Input]) and unpadded
// there; positions are columns then, as the reference counts them.
//
// # Weights in the order of the products
//
// From the second pass without gradients on, a model on the CPU multiplies by copies of its weights in the order of the products
// ([Model.Reorder]).
//
// # Names of dimensions
//
// B sequences, T tokens of one, N tokens of all, H hidden, I intermediate, A heads, D = H/A, V vocabulary.
//
// Files: config.go and config_validate.go (config.json), parameter.go (tags to names), modules.go, embeddings.go, layer.go,
// model.go (the network), packed.go (a batch on the device), encode.go (running it), reorder.go (weights for many passes),
// quantized.go (eight-bit integers), agree.go (a configuration that contradicts its weights), finite.go (weights that are not numbers), pass.go (passes for programs
// outside this module), adapter.go (LoRA), store.go (flat memory), load.go and door.go (weights in), save.go (weights out).
package bert
