package wordpiece

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/intake"
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
		return fault.New("added token %q has the id %d, expected %d", token, id, got).Advise("added tokens have the vocabulary's id or follow it without holes")
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

// In says whether a folder has a tokenizer.
func In(folder string) bool {
	for _, name := range []string{"tokenizer.json", "vocab.txt"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			return true
		}
	}
	return false
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
	read := s.backend
	if bert {
		read = s.bert
	}
	what, path, err := read(folder, file)
	if err != nil {
		return nil, err
	}
	what.kept.config = s.values
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

// bertClasses are the classes of transformers that are BertTokenizer under another name, and bertModels the models that use one.
var (
	bertClasses = [...]string{
		"BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "ConvBertTokenizer", "LayoutLMTokenizer",
		"RetriBertTokenizer", "SqueezeBertTokenizer", "RealmTokenizer", "BertTokenizerLegacy",
	}
	bertModels = [...]string{
		"bert", "distilbert", "electra", "mobilebert", "convbert", "layoutlm", "megatron-bert", "nezha", "squeezebert", "qdqbert", "ernie",
	}
)

// isBert finds out whether transformers would make a BertTokenizer of the folder.
func (s *settings) isBert(folder string, hasFile bool) (bool, error) {
	path := filepath.Join(folder, "config.json")
	model, err := readObject(path)
	if err != nil {
		return false, err
	}
	var own, models, kind string
	err = errors.Join(inFile(s.path, intake.Member(s.values, "tokenizer_class", &own)),
		inFile(path, errors.Join(intake.Member(model, "tokenizer_class", &models), intake.Member(model, "model_type", &kind))))
	class := cmp.Or(own, models)
	if class == "BertJapaneseTokenizer" { // whatever cuts its words: "basic" leaves Chinese characters together
		if own != "" {
			path = s.path
		}
		return false, inFile(path, fault.New("tokenizer_class is %q: %s", class, notJapanese))
	}
	if class == "" && slices.Contains(bertModels[:], kind) {
		return true, err
	}
	return !hasFile || slices.Contains(bertClasses[:], strings.TrimSuffix(class, "Fast")), err
}

// bert is what BertTokenizer would be: of tokenizer.json only the vocabulary counts. The path is that of the vocabulary.
func (s *settings) bert(folder string, file *tokenizerJSON) (what spec, path string, err error) {
	what = spec{options: DefaultOptions(true), decoder: decoder{prefix: "##", cleanup: true}}
	o := &what.options
	for key, name := range o.specials() {
		if raw, there := s.values[key]; there && intake.IsNull(raw) {
			*name = ""
		}
	}
	err = errors.Join(s.common(o, file), intake.Member(s.values, "do_lower_case", &o.Lowercase),
		intake.Member(s.values, "tokenize_chinese_chars", &o.ChineseChars), intake.Member(s.values, "strip_accents", &o.StripAccents))
	if err != nil {
		return what, "", inFile(s.path, err)
	}
	if file != nil {
		path, what.vocabulary = file.path, file.Model.tokens
		what.kept.truncation, what.kept.padding = file.Truncation, file.Padding
	} else {
		path = filepath.Join(folder, "vocab.txt")
		if what.vocabulary, err = loadVocabulary(path, o.Unk); errors.Is(err, fs.ErrNotExist) {
			return what, "", fault.New("%w", err).Advise("a model's folder has a tokenizer.json or a vocab.txt")
		} else if err != nil {
			return what, "", err
		}
		if !s.present {
			o.Lowercase = uncased(what.vocabulary)
			what.asCased = !o.Lowercase
		}
	}
	o.Added = s.toAdd(nil, o.specials())
	for _, name := range []string{o.Cls, o.Sep, o.Mask} {
		if _, given := s.find(name); !given && name != "" && !slices.Contains(what.vocabulary, name) {
			what.guessed = append(what.guessed, name)
		}
	}
	return what, path, nil
}

// backend takes tokenizer.json at its word and adds what tokenizer_config.json names.
func (s *settings) backend(_ string, file *tokenizerJSON) (what spec, path string, err error) {
	if what, err = file.spec(); err != nil {
		return what, "", inFile(file.path, err)
	}
	unk := what.options.Unk // the model's, whatever the settings call so
	if err := s.common(&what.options, file); err != nil {
		return what, "", inFile(s.path, err)
	}
	what.options.Unk = unk
	what.options.Added = s.toAdd(what.options.Added, nil)
	return what, file.path, nil
}

// common takes over what both kinds of folders say in the same way.
func (s *settings) common(o *Options, file *tokenizerJSON) error {
	var errs []error
	names := o.specials()
	for _, key := range namedTokens {
		a, given, err := s.named(key)
		if name := names[key]; given && name != nil {
			*name = a.Content
		}
		errs = append(errs, err)
	}
	o.MaxLength = s.maxLength()
	var sections [2]json.RawMessage
	if file != nil { // Its sections say the rest.
		sections = [2]json.RawMessage{file.Padding, file.Truncation}
	}
	for i, side := range []*Side{&o.PaddingSide, &o.TruncationSide} {
		key := [...]string{"padding_side", "truncation_side"}[i]
		var word string
		var section struct{ Direction string }
		err := intake.Member(s.values, key, &word)
		switch {
		case err != nil:
			errs = append(errs, err)
		case word == "left", word == "" && json.Unmarshal(sections[i], &section) == nil && strings.EqualFold(section.Direction, "left"):
			*side = Left
		case word == "right":
			*side = Right
		case word != "":
			errs = append(errs, fmt.Errorf("%s is %q, expected left or right", key, word))
		}
	}
	return errors.Join(append(errs, intake.Member(s.values, "clean_up_tokenization_spaces", &o.CleanUp),
		intake.Member(s.values, "split_special_tokens", &o.SplitSpecial), errors.Join(intake.Refuse(s.values, refused)...))...)
}

// toAdd lists added tokens in the order in which transformers adds them: those with ids, the named ones, the others. usual are
// the names of tokens that are added where the settings do not name them.
func (s *settings) toAdd(list []AddedToken, usual map[string]*string) []AddedToken {
	var named []AddedToken
	for _, key := range namedTokens {
		a, given, _ := s.named(key) // common has seen the error
		if name := usual[key]; !given && name != nil && *name != "" {
			a, given = s.known(*name), true
		}
		if given {
			a.Special = true
			named = append(named, a)
		}
	}
	list = slices.Clone(list)
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

func has(tokens []AddedToken, content string) bool {
	return slices.ContainsFunc(tokens, func(a AddedToken) bool { return a.Content == content })
}
