package sentencetransformers

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"gobert/internal/intake"
)

// Model is what a folder says.
type Model struct {
	Network   string // folder of the network and its tokenizer, from the model's own; "" is the same
	MaxLength int    // tokens of a text; 0: as the tokenizer says
	Lowercase bool   // text is made lower case, whatever the tokenizer does

	Pooling       Pooling  // nil where vectors are sparse
	Logarithms    int      // of sparse vectors, SPLADE's: how often log(1+x) is taken of logits, 1 or 2; 0: vectors are dense
	IncludePrompt bool     // the prompt's tokens are pooled, too
	Then          []Module // what the pooled vector goes through, in order

	Prompts       map[string]string // by name
	DefaultPrompt string            // the name of the one that is used where nothing is said; "" is none
	Similarity    Similarity
	Dimensions    int // the first numbers of a vector alone; 0: all
}

// Read reads a folder; nil where it has no modules.json and so is no folder of the library.
func Read(folder string) (*Model, error) {
	entries, err := readModules(folder)
	if entries == nil || err != nil {
		return nil, inPackage(err)
	}
	m := &Model{Network: entries[0].Path}
	if sparse(entries) {
		m.Logarithms = 1
	}
	if err := m.readNetwork(filepath.Join(folder, entries[0].Path)); err != nil {
		return nil, inPackage(err)
	}
	if err := m.readPooling(filepath.Join(folder, entries[1].Path, configFile)); err != nil {
		return nil, inPackage(err)
	}
	for _, e := range entries[2:] {
		module, err := readModule(e.kind, filepath.Join(folder, e.Path))
		if err != nil {
			return nil, inPackage(err)
		}
		if module != nil {
			m.Then = append(m.Then, module)
		}
	}
	return m, inPackage(m.readPrompts(filepath.Join(folder, promptsFile)))
}

func inPackage(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sentencetransformers: %w", err)
}

// configFile is where a module's folder keeps its settings.
const configFile = "config.json"

// read fills into from a file, by exact keys, and has check, if there is one, say what is wrong with it; found is false where there is no file.
func read(path string, into any, check func() error) (found bool, err error) {
	text, err := intake.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return true, err
	}
	if err = intake.Decode(text, into); err == nil && check != nil {
		err = check()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return true, err
}
