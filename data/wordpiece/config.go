package wordpiece

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"slices"

	"gobert/internal/intake"
)

// kept is what a folder says beyond what this package uses; Save writes it back.
type kept struct {
	truncation, padding json.RawMessage            // sections of tokenizer.json
	config              map[string]json.RawMessage // tokenizer_config.json
}

// namedTokens are the special tokens that have a name, in the order in which transformers adds missing ones.
var namedTokens = [...]string{"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}

// settings are tokenizer_config.json, with special_tokens_map.json and added_tokens.json merged into it as transformers does.
type settings struct {
	values  map[string]json.RawMessage
	added   map[int]AddedToken // added_tokens_decoder, or what stands for it in older folders
	extra   []AddedToken       // extra_special_tokens, additional_special_tokens
	path    string             // of the file with the settings
	present bool               // there is a tokenizer_config.json
}

// readSettings reads a folder's settings; file is its tokenizer.json or nil.
func readSettings(folder string, file *tokenizerJSON) (*settings, error) {
	s := &settings{path: filepath.Join(folder, "tokenizer_config.json"), added: map[int]AddedToken{}}
	var err error
	if s.values, err = readObject(s.path); err != nil {
		return nil, err
	}
	s.present = s.values != nil
	if !s.present {
		s.values = map[string]json.RawMessage{}
	}
	if err := s.extras(s.path, s.values, "extra_special_tokens", "additional_special_tokens"); err != nil {
		return nil, err
	}
	if _, ok := s.values["added_tokens_decoder"]; !ok {
		return s, s.older(folder, file)
	}
	var tokens map[int]addedJSON
	if err := intake.Member(s.values, "added_tokens_decoder", &tokens); err != nil {
		return nil, inFile(s.path, err)
	}
	for id, a := range tokens {
		s.added[id] = a.token()
	}
	return s, nil
}

// older reads the files that folders had before added_tokens_decoder.
func (s *settings) older(folder string, file *tokenizerJSON) error {
	specialPath, addedPath := filepath.Join(folder, "special_tokens_map.json"), filepath.Join(folder, "added_tokens.json")
	special, err := readObject(specialPath)
	if err != nil {
		return err
	}
	if err := s.extras(specialPath, special, "extra_special_tokens"); err != nil {
		return err
	}
	maps.Copy(s.values, special)
	added, err := readObject(addedPath)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, key := range namedTokens {
		if a, ok, err := s.named(key); err == nil && ok {
			names[a.Content] = true
		}
	}
	for _, a := range s.extra {
		names[a.Content] = true
	}
	if len(added) > 0 && !s.present {
		s.path = addedPath
	}
	for token, raw := range added {
		var id int
		if json.Unmarshal(raw, &id) != nil || intake.IsNull(raw) {
			return fmt.Errorf("%s: the id of %q is %s, expected a number", addedPath, token, raw)
		}
		s.added[id] = AddedToken{Content: token, Normalized: !names[token], Special: names[token]}
	}
	if file != nil {
		if len(file.AddedTokens) > 0 && !s.present {
			s.path = file.path
		}
		for _, a := range file.AddedTokens {
			s.added[int(a.ID)] = a.token()
		}
	}
	if len(s.extra) > 0 {
		return nil
	}
	// transformers reads these last, so that those of added_tokens.json are not special for it.
	return s.extras(specialPath, special, "additional_special_tokens")
}

// extras collects the special tokens of a file that have no name, from the first of the keys that is there.
func (s *settings) extras(path string, values map[string]json.RawMessage, keys ...string) error {
	present := slices.IndexFunc(keys, func(key string) bool { return !intake.IsNull(values[key]) })
	if present < 0 {
		return nil
	}
	key := keys[present]
	var list []json.RawMessage
	if json.Unmarshal(values[key], &list) != nil {
		var byName map[string]json.RawMessage
		if err := json.Unmarshal(values[key], &byName); err != nil {
			return fmt.Errorf("%s: %s is neither a list nor an object of tokens", path, key)
		}
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			list = append(list, byName[name])
		}
	}
	for _, item := range list {
		a, err := readToken(item)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, key, err)
		}
		if !has(s.extra, a.Content) {
			s.extra = append(s.extra, a)
		}
	}
	return nil
}

// readToken reads a token that is a string, or an object with flags.
func readToken(raw json.RawMessage) (AddedToken, error) {
	var content string
	if json.Unmarshal(raw, &content) == nil {
		return SpecialToken(content), nil
	}
	a := addedJSON{Normalized: true}
	if err := intake.Decode(raw, &a); err != nil || a.Content == "" {
		return AddedToken{}, fmt.Errorf("%.60s is no token, expected a string or an object with content", raw)
	}
	a.Special = true
	return a.token(), nil
}

// named returns the token of a name such as cls_token; ok is false where none is given or it is null.
func (s *settings) named(key string) (a AddedToken, ok bool, err error) {
	if intake.IsNull(s.values[key]) {
		return AddedToken{}, false, nil
	}
	if a, err = readToken(s.values[key]); err != nil {
		return AddedToken{}, false, fmt.Errorf("%s: %w", key, err)
	}
	if _, ok := s.find(a.Content); ok {
		a = s.known(a.Content)
	}
	return a, true, nil
}

// find is the added token of a content that the settings give an id.
func (s *settings) find(content string) (AddedToken, bool) {
	for _, a := range s.added {
		if a.Content == content {
			return a, true
		}
	}
	return AddedToken{}, false
}

// known is a special token with the flags that the settings give it.
func (s *settings) known(content string) AddedToken {
	a, ok := s.find(content)
	if !ok {
		a.Content = content
	}
	a.Special = true
	return a
}

// maxLength reads model_max_length: transformers writes 1e30 where it is not known.
func (s *settings) maxLength() int {
	for _, key := range []string{"model_max_length", "max_len"} {
		var value float64
		if json.Unmarshal(s.values[key], &value) == nil && value > 0 && value < math.MaxInt32 {
			return int(value)
		}
	}
	return 0
}

// readObject reads a JSON object; a file that is missing gives nil.
func readObject(path string) (map[string]json.RawMessage, error) {
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	values := map[string]json.RawMessage{}
	return values, inFile(path, intake.Decode(text, &values))
}
