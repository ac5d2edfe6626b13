package features

import (
	"strings"
	"testing"

	"gobert/data/labelled"
)

// BenchmarkEncode makes features of texts with the vocabulary of the golden cases: one core, bytes of text.
func BenchmarkEncode(b *testing.B) {
	tokenizer := openTokenizer(b)
	const line = "the old stone bridge of the city was built in the year of the king, when the river had no other; the people named it first."
	context := strings.Repeat(line+" ", 20)
	words := strings.Fields(line)
	tags := make([]string, len(words))
	for i := range tags {
		tags[i] = "O"
	}
	labels := labelled.NewLabels(labelled.Single, []string{"O"})
	classify := must[Encoder](b)(NewClassifier(tokenizer, nil, Options{MaxLength: 128}))
	tagger := must[Encoder](b)(NewTagger(tokenizer, labels, Options{MaxLength: 128}))
	reader := must[Encoder](b)(NewReader(tokenizer, Options{}))
	for _, c := range []struct {
		name    string
		encoder Encoder
		example labelled.Example
	}{
		{"text", classify, labelled.Example{Text: line}},
		{"pair", classify, labelled.Example{Text: line, Pair: line, HasPair: true}},
		{"tags", tagger, labelled.Example{Words: words, Tags: tags, Labelled: true}},
		{"windows", reader, labelled.Example{Text: "when was the bridge built?", Pair: context, Labelled: true, Answers: []labelled.Answer{{Text: "king", Byte: 64}}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.example.Text) + len(c.example.Pair) + len(strings.Join(c.example.Words, " "))))
			b.ReportAllocs()
			var batch Batch
			for b.Loop() {
				batch.Reset()
				if err := c.encoder.Append(&batch, &c.example); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
