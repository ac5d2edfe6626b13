package wordpiece

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Open reads a tokenizer: a model's folder, a tokenizer.json or a vocab.txt.
//
// A folder is read as transformers' AutoTokenizer reads it. Where tokenizer_config.json (or the model's config.json) says that
// the tokenizer is BertTokenizer or one of its kin, the vocabulary is that of tokenizer.json, else of vocab.txt, and everything
// else is in tokenizer_config.json, with special_tokens_map.json and added_tokens.json of older folders; text is made lower case
// unless do_lower_case is false there. Other folders are as their tokenizer.json says. A file by itself is all there is:
// a tokenizer.json speaks for itself; whether a bare vocab.txt is cased is told by the tokens (or see [OpenVocabulary]).
func Open(path string) (*Tokenizer, error) {
	t, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("wordpiece: opening tokenizer: %w", err)
	}
	return t, nil
}

func open(path string) (*Tokenizer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return openFolder(path)
	case strings.HasSuffix(path, ".json"):
		f, err := readJSON(path)
		if err != nil {
			return nil, err
		}
		t, err := openJSON(f)
		return t, inFile(path, err)
	}
	return openBare(path)
}

// inFile names the file that an error is in.
func inFile(path string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return err
}

// openJSON takes a tokenizer.json at its word.
func openJSON(f *tokenizerJSON) (*Tokenizer, error) {
	s, err := f.spec()
	if err != nil {
		return nil, err
	}
	t, err := build(s)
	for i := 0; err == nil && i < len(f.AddedTokens); i++ {
		err = t.checkID(f.AddedTokens[i].Content, int(f.AddedTokens[i].ID))
	}
	return t, err
}

// checkID checks that an added token got the id that a file gives it.
func (t *Tokenizer) checkID(token string, id int) error {
	if got := t.ids[token]; int(got) != id && token != "" {
		return fmt.Errorf("added token %q has the id %d, expected %d (hint: added tokens have the vocabulary's id or follow it without holes)", token, id, got)
	}
	return nil
}

// openBare reads a vocab.txt of which nothing else is known.
func openBare(path string) (*Tokenizer, error) {
	o := DefaultOptions(true)
	vocabulary, err := loadVocabulary(path, o.Unk)
	if err != nil {
		return nil, err
	}
	o.Lowercase = uncased(vocabulary)
	t, err := build(newSpec(vocabulary, o))
	return t, inFile(path, err)
}

// openFolder follows transformers.
func openFolder(folder string) (*Tokenizer, error) {
	file, err := readJSON(filepath.Join(folder, "tokenizer.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s, err := readSettings(folder, file)
	if err != nil {
		return nil, err
	}
	bert, err := s.isBert(folder, file != nil)
	if err != nil {
		return nil, err
	}
	if bert {
		return openBert(folder, file, s)
	}
	return openBackend(file, s)
}

// bertClasses are the classes of transformers that are BertTokenizer under another name.
var bertClasses = [...]string{
	"BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "ConvBertTokenizer", "LayoutLMTokenizer",
	"RetriBertTokenizer", "SqueezeBertTokenizer", "RealmTokenizer", "BertTokenizerLegacy",
}

// isBert finds out whether transformers would make a BertTokenizer of the folder.
func (s *settings) isBert(folder string, hasFile bool) (bool, error) {
	config, err := readObject(folder, "config.json")
	if err != nil {
		return false, err
	}
	class := s.word("tokenizer_class")
	model := settings{values: config}
	if class == "" {
		class = model.word("tokenizer_class")
	}
	if class == "" {
		switch model.word("model_type") {
		case "bert", "distilbert", "electra", "mobilebert", "convbert", "layoutlm", "megatron-bert", "nezha", "squeezebert", "qdqbert", "ernie":
			class = "BertTokenizer"
		}
	}
	return !hasFile || slices.Contains(bertClasses[:], strings.TrimSuffix(class, "Fast")), nil
}

// common takes over what both kinds of folders say in the same way.
func (s *settings) common(o *Options, file *tokenizerJSON) error {
	o.MaxLength = s.maxLength()
	for key, side := range map[string]*Side{"padding_side": &o.PaddingSide, "truncation_side": &o.TruncationSide} {
		switch value := s.word(key); value {
		case "left":
			*side = Left
		case "right":
			*side = Right
		case "":
		default:
			return fmt.Errorf("%s is %q, expected left or right", key, value)
		}
	}
	if file != nil {
		// The sections of tokenizer.json say the rest.
		for raw, side := range map[*json.RawMessage]*Side{&file.Padding: &o.PaddingSide, &file.Truncation: &o.TruncationSide} {
			var section struct {
				Direction string `json:"direction"`
			}
			if *side == SideDefault && json.Unmarshal(*raw, &section) == nil && strings.EqualFold(section.Direction, "left") {
				*side = Left
			}
		}
	}
	clean, err1 := s.truth("clean_up_tokenization_spaces")
	o.CleanUp = clean != nil && *clean
	split, err2 := s.truth("split_special_tokens")
	o.SplitSpecial = split != nil && *split
	return errors.Join(err1, err2, s.refusals())
}

// openBert builds what BertTokenizer builds: of tokenizer.json only the vocabulary counts.
func openBert(folder string, file *tokenizerJSON, s *settings) (*Tokenizer, error) {
	o := DefaultOptions(true)
	names := map[string]*string{"unk_token": &o.Unk, "sep_token": &o.Sep, "pad_token": &o.Pad, "cls_token": &o.Cls, "mask_token": &o.Mask}
	for _, key := range namedTokens {
		name, ok := names[key]
		a, given, err := s.named(key)
		switch {
		case err != nil:
			return nil, inFile(s.path, err)
		case ok && given:
			*name = a.Content
		case ok && s.isNullName(key):
			*name = ""
		}
	}
	lower, err1 := s.truth("do_lower_case")
	chinese, err2 := s.truth("tokenize_chinese_chars")
	strip, err3 := s.truth("strip_accents")
	if err := errors.Join(err1, err2, err3, s.common(&o, file)); err != nil {
		return nil, inFile(s.path, err)
	}
	o.Lowercase = lower == nil || *lower
	o.ChineseChars = chinese == nil || *chinese
	o.StripAccents = strip
	result := spec{decoder: decoder{prefix: "##", cleanup: true}, kept: kept{config: s.values}}
	path := ""
	if file != nil {
		path = file.path
		result.vocabulary = file.Model.tokens
		result.kept.truncation, result.kept.padding = file.Truncation, file.Padding
	} else {
		var err error
		path = filepath.Join(folder, "vocab.txt")
		if result.vocabulary, err = loadVocabulary(path, o.Unk); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w (hint: a model's folder has a tokenizer.json or a vocab.txt)", err)
		} else if err != nil {
			return nil, err
		}
		if !s.present {
			o.Lowercase = uncased(result.vocabulary)
		}
	}
	o.Added = s.toAdd(nil, o.byName())
	result.options, result.guessed = o, s.guessed(o, result.vocabulary)
	return s.build(path, result)
}

// toAdd lists added tokens in the order in which transformers adds them: those with ids, the named ones, the others.
func (s *settings) toAdd(first []AddedToken, usual map[string]string) []AddedToken {
	var named []AddedToken
	for _, key := range namedTokens {
		a, given, err := s.named(key)
		switch {
		case err == nil && given:
			a.Special = true
			named = append(named, a)
		case usual[key] != "":
			named = append(named, s.known(usual[key]))
		}
	}
	list := slices.Clone(first)
	has := func(in []AddedToken, content string) bool {
		return slices.ContainsFunc(in, func(a AddedToken) bool { return a.Content == content })
	}
	for _, id := range slices.Sorted(maps.Keys(s.added)) {
		a := s.added[id]
		a.Special = a.Special || has(named, a.Content)
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	for _, a := range append(named, s.extra...) {
		if !has(list, a.Content) {
			list = append(list, a)
		}
	}
	return list
}

// known is a special token with the flags that the settings give it.
func (s *settings) known(content string) AddedToken {
	if a, ok := s.byName[content]; ok {
		a.Special = true
		return a
	}
	return SpecialToken(content)
}

// build makes the tokenizer, whose vocabulary is in a file, and checks that the added tokens got the ids that the settings give them.
func (s *settings) build(path string, what spec) (*Tokenizer, error) {
	t, err := build(what)
	if err != nil {
		return nil, inFile(path, err)
	}
	for _, id := range slices.Sorted(maps.Keys(s.added)) {
		if err := t.checkID(s.added[id].Content, id); err != nil {
			return nil, inFile(s.path, err)
		}
	}
	return t, nil
}

// openBackend takes tokenizer.json at its word and adds what tokenizer_config.json names.
func openBackend(file *tokenizerJSON, s *settings) (*Tokenizer, error) {
	result, err := file.spec()
	if err != nil {
		return nil, inFile(file.path, err)
	}
	if err := s.common(&result.options, file); err != nil {
		return nil, inFile(s.path, err)
	}
	o := &result.options
	for key, name := range map[string]*string{"sep_token": &o.Sep, "pad_token": &o.Pad, "cls_token": &o.Cls, "mask_token": &o.Mask} {
		a, given, err := s.named(key)
		if err != nil {
			return nil, inFile(s.path, err)
		}
		if given {
			*name = a.Content
		}
	}
	o.Added = s.toAdd(o.Added, nil)
	result.kept.config = s.values
	return s.build(file.path, result)
}
