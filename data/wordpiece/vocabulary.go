package wordpiece

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gobert/internal/fault"
	"gobert/internal/intake"
)

// loadVocabulary reads a vocab.txt: a token a line, whose id is the number of the line from 0 on. White space at the end of a
// line is no part of the token, as in Hugging Face, so that line ends of Windows are harmless.
func loadVocabulary(path, unk string) ([]string, error) {
	text, err := intake.ReadFile(path)
	if err != nil {
		return nil, err
	}
	vocabulary, err := parseVocabulary(text, unk)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return vocabulary, nil
}

// whiteToken stands, while a vocabulary is checked, for a token of nothing but white space: an id that no text has.
const whiteToken = "\n"

// parseVocabulary is the reading itself, apart from the file.
func parseVocabulary(text []byte, unk string) ([]string, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	var vocabulary []string
	for line := range bytes.Lines(text) {
		number := len(vocabulary) + 1
		if !utf8.Valid(line) {
			return nil, fault.New("line %d: not UTF-8, expected a token", number).Advise("convert the file to UTF-8")
		}
		token := strings.TrimRightFunc(string(line), unicode.IsSpace)
		if token == "" && len(bytes.TrimRight(line, "\r\n")) > 0 {
			token = whiteToken // bert-base-chinese has a line separator as a token
		}
		vocabulary = append(vocabulary, token)
	}
	if err := checkVocabulary(vocabulary, unk); err != nil {
		return nil, err
	}
	for i, token := range vocabulary {
		if token == whiteToken {
			vocabulary[i] = ""
		}
	}
	return vocabulary, nil
}

// checkText finds out what is no vocabulary at all.
func checkText(text []byte) error {
	switch {
	case len(text) == 0:
		return errors.New("the file is empty, expected a token a line")
	case bytes.HasPrefix(text, []byte{0xEF, 0xBB, 0xBF}):
		return fault.New("line 1: a byte order mark, which would become part of the first token").Advise("save the file without it")
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return fault.New("line 1: the file is UTF-16, expected UTF-8").Advise("convert it")
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		line := bytes.Count(text[:i], []byte{'\n'}) + 1
		return fault.New("line %d: a zero byte, expected text with a token a line", line).Advise("is this another kind of file?")
	}
	return nil
}

// checkVocabulary lists what is wrong with the tokens, whose lines are their ids plus one.
func checkVocabulary(vocabulary []string, unk string) error {
	if len(vocabulary) == 0 {
		return errors.New("the vocabulary is empty")
	}
	const most = 5 // that are listed
	var errs []error
	seen := make(map[string]int, len(vocabulary))
	for i, token := range vocabulary {
		if token == whiteToken {
			continue
		}
		if token == "" {
			errs = append(errs, fmt.Errorf("line %d: empty token", i+1))
		} else if first, again := seen[token]; again {
			errs = append(errs, fault.New("line %d: token %q is on line %d already", i+1, token, first+1).Advise("leave one of them; an id is the number of a line"))
		} else {
			seen[token] = i
		}
		if len(errs) == most {
			errs = append(errs, errors.New("and perhaps more"))
			break
		}
	}
	if _, ok := seen[unk]; !ok && len(errs) <= most {
		errs = append(errs, fault.New("the %d tokens have no %q, which stands for unknown words", len(vocabulary), unk).Advise("add it as a line"))
	}
	return errors.Join(errs...)
}

// uncased reports whether a vocabulary is one of lower-case words. One token in a thousand may have a capital letter: the
// special tokens, and what slipped in.
func uncased(vocabulary []string) bool {
	capital := 0
	for _, token := range vocabulary {
		special := strings.HasPrefix(token, "[") && strings.HasSuffix(token, "]")
		if !special && strings.ContainsFunc(token, unicode.IsUpper) {
			capital++
		}
	}
	return capital*1000 <= len(vocabulary)
}

// OpenVocabulary reads a vocab.txt and uses it with options of the caller's choice.
func OpenVocabulary(path string, o Options) (*Tokenizer, error) {
	vocabulary, err := loadVocabulary(path, o.withDefaults().Unk)
	if err != nil {
		return nil, fmt.Errorf("wordpiece: reading vocabulary: %w", err)
	}
	return New(vocabulary, o)
}
