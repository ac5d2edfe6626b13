// Package sentencetransformers reads what a folder of the Python library sentence-transformers says about how a text becomes a
// vector: which modules follow the network (modules.json), how they are set, and which prompt goes in front of a text;
// and does what needs no network: pooling, and comparing vectors.
//
// Whatever changes a vector is in [Model], or it is refused with the file and the key. Pooling and the network's settings take
// no keys that the library does not know, as there; in config_sentence_transformers.json other keys have no effect, as there.
//
// Files: model.go (the whole folder), modules.go (modules.json), pooling.go, dense.go (modules with weights), vectors.go (what is done to states and vectors), network.go
// (sentence_bert_config.json), prompts.go (config_sentence_transformers.json), activation.go (what a cross-encoder
// does to its score).
package sentencetransformers
