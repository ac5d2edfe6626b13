package google

import (
	"context"
	"fmt"
	"io"

	"gobert/internal/disk"
	"gobert/internal/tensorflow"
)

// Create does what create_pretraining_data.py does: it reads text files, draws
// examples and writes them in turn to the output files, which then hold the
// bytes that the original writes. It returns the number of examples. All of
// them are in memory for a while, as in the original, but at 4 bytes a token.
func Create(ctx context.Context, inputs []string, vocabularyFile string, outputs []string, o Options) (int, error) {
	if err := o.Validate(); err != nil {
		return 0, err
	}
	if len(inputs) == 0 || len(outputs) == 0 {
		return 0, fmt.Errorf("google: %d input and %d output files, expected at least one of each", len(inputs), len(outputs))
	}
	vocab, err := readVocabulary(vocabularyFile)
	if err != nil {
		return 0, err
	}
	t := &tokenizer{vocab: vocab, lower: o.LowerCase, known: map[string][]int32{}}
	documents, err := readDocuments(ctx, inputs, t)
	if err != nil {
		return 0, err
	}
	g := generator{rng: newRandom(o.Seed), vocab: vocab, options: &o, documents: documents}
	instances := g.instances()
	for i, path := range outputs {
		if err := writeFile(ctx, path, instances, i, len(outputs), &o); err != nil {
			return 0, err
		}
	}
	return len(instances), nil
}

// writeFile writes instances first, first+step, ..., the whole file or none.
func writeFile(ctx context.Context, path string, instances []instance, first, step int, o *Options) error {
	err := disk.Stream(path, func(w io.Writer) error {
		records, e := tensorflow.NewWriter(w), newEncoder(o)
		for i := first; i < len(instances); i += step {
			if i%1024 == first && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := records.Write(e.encode(&instances[i])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("google: writing %s: %w", path, err)
	}
	return nil
}
