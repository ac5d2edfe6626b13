// Package sparse makes sparse vectors of texts, a weight for each word of the vocabulary, as SPLADE does (Formal et al. 2021,
// arXiv:2109.10086): of a masked language model's logits the largest over the text's tokens, [CLS] and [SEP] among them, as
// log(1 + relu(logit)). So a text is found by words that it does not have. Models that were trained for it give a few hundred weights a
// text; any other with a head for masks can be asked, and gives many.
//
//	p, err := pipeline.Open(ctx, "naver/splade-v3", pipeline.Options{})
//	vectors, err := sparse.Embed(ctx, p, []string{"How do boats float?"})
//
// Reference: sentence-transformers' SparseEncoder, and text-embeddings-inference's --pooling splade.
//
// Files: sparse.go (texts to vectors), pooling.go (a batch's logits, a part at a time), terms.go (words in place of ids).
package sparse
