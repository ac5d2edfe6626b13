package google

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"unicode/utf8"

	"gobert/data/pretraining"
	"gobert/data/textfile"
	"gobert/internal/fault"
	"gobert/internal/intake"
)

// A document is a list of sentences of token ids.
type document [][]int32

// copies is how often a text lies in memory: as bytes, and as token ids.
const copies = 3

// readText reads a file that memory has room for: this recipe draws from all documents at once.
func readText(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = intake.Fits(path+", which is read whole,", copies*info.Size())
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// readDocuments reads files with a sentence a line and an empty line between
// documents. The end of a file does not end a document: the original goes on
// with the next file.
func readDocuments(ctx context.Context, paths []string, t *tokenizer) ([]document, error) {
	documents := []document{nil} // the last one is open
	for _, path := range paths {
		text, err := readText(path)
		if err != nil {
			return nil, fmt.Errorf("google: reading text: %w", err)
		}
		number := 0
		for line := range bytes.Lines(text) {
			number++
			if len(line) > intake.Record {
				return nil, fmt.Errorf("google: %s:%d: %w", path, number, intake.TooLong("line"))
			}
			if !utf8.Valid(line) {
				return nil, fmt.Errorf("google: %s:%d: not UTF-8 (the original stops here too; convert the file)", path, number)
			}
			if number%10000 == 0 && ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			line = bytes.TrimFunc(dropReturns(line), textfile.IsSpace)
			last := len(documents) - 1
			if len(line) == 0 && len(documents[last]) > 0 {
				documents = append(documents, nil)
			} else if ids := t.append(nil, line); len(ids) > 0 {
				documents[last] = append(documents[last], ids)
			}
		}
	}
	if last := len(documents) - 1; len(documents[last]) == 0 {
		documents = documents[:last]
	}
	if len(documents) == 0 {
		return nil, fmt.Errorf("google: no text in %q", paths)
	}
	// The original would label the document's own sentences as random.
	if err := pretraining.CheckNextSentence(len(documents)); err != nil {
		return nil, fault.New("google: %w", err).Advise("separate documents by empty lines")
	}
	return documents, nil
}
