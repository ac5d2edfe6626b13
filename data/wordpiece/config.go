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
	"strconv"

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
	added   map[int]AddedToken    // added_tokens_decoder, or what stands for it in older folders
	byName  map[string]AddedToken // the same by content
	extra   []AddedToken          // extra_special_tokens, additional_special_tokens
	path    string                // of the file with the settings
	present bool                  // there is a tokenizer_config.json
}

// readSettings reads a folder's settings; file is its tokenizer.json or nil.
func readSettings(folder string, file *tokenizerJSON) (*settings, error) {
	s := &settings{path: filepath.Join(folder, "tokenizer_config.json"), added: map[int]AddedToken{}, byName: map[string]AddedToken{}}
	var err error
	if s.values, err = readObject(folder, "tokenizer_config.json"); err != nil {
		return nil, err
	}
	s.present = s.values != nil
	s.values = maps.Clone(s.values)
	if s.values == nil {
		s.values = map[string]json.RawMessage{}
	}
	if err := s.extras(s.values, "extra_special_tokens", "additional_special_tokens"); err != nil {
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	if raw, ok := s.values["added_tokens_decoder"]; ok {
		if err := s.decoder(raw); err != nil {
			return nil, fmt.Errorf("%s: added_tokens_decoder: %w", s.path, err)
		}
		return s, nil
	}
	return s, s.older(folder, file)
}

// decoder reads added_tokens_decoder: ids and their tokens.
func (s *settings) decoder(raw json.RawMessage) error {
	var tokens map[string]addedJSON
	if err := intake.Decode(raw, &tokens); err != nil {
		return err
	}
	for key, a := range tokens {
		id, err := strconv.Atoi(key)
		if err != nil {
			return fmt.Errorf("%q is no id", key)
		}
		s.note(id, a.token())
	}
	return nil
}

func (s *settings) note(id int, a AddedToken) { s.added[id], s.byName[a.Content] = a, a }

// older reads the files that folders had before added_tokens_decoder.
func (s *settings) older(folder string, file *tokenizerJSON) error {
	special, err := readObject(folder, "special_tokens_map.json")
	if err != nil {
		return err
	}
	if err := s.extras(special, "extra_special_tokens"); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(folder, "special_tokens_map.json"), err)
	}
	for key, value := range special {
		s.values[key] = value
	}
	added, err := readObject(folder, "added_tokens.json")
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
		s.path = filepath.Join(folder, "added_tokens.json")
	}
	for token, raw := range added {
		id, err := strconv.Atoi(string(raw))
		if err != nil {
			return fmt.Errorf("%s: the id of %q is %s, expected a number", filepath.Join(folder, "added_tokens.json"), token, raw)
		}
		s.note(id, AddedToken{Content: token, Normalized: !names[token], Special: names[token]})
	}
	if file != nil {
		if len(file.AddedTokens) > 0 && !s.present {
			s.path = file.path
		}
		for _, a := range file.AddedTokens {
			s.note(int(a.ID), a.token())
		}
	}
	if len(s.extra) > 0 {
		return nil
	}
	// transformers reads these last, so that those of added_tokens.json are not special for it.
	if err := s.extras(special, "additional_special_tokens"); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(folder, "special_tokens_map.json"), err)
	}
	return nil
}

// extras collects the special tokens that have no name, from the first of the keys that is there.
func (s *settings) extras(values map[string]json.RawMessage, keys ...string) error {
	for _, key := range keys {
		raw, ok := values[key]
		if !ok || intake.IsNull(raw) {
			continue
		}
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			var byName map[string]json.RawMessage
			if err := json.Unmarshal(raw, &byName); err != nil {
				return fmt.Errorf("%s is neither a list nor an object of tokens", key)
			}
			for _, name := range slices.Sorted(maps.Keys(byName)) {
				list = append(list, byName[name])
			}
		}
		for _, item := range list {
			a, err := readToken(item)
			if err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
			if !slices.ContainsFunc(s.extra, func(b AddedToken) bool { return a.Content == b.Content }) {
				s.extra = append(s.extra, a)
			}
		}
		return nil
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
	raw, there := s.values[key]
	if !there || intake.IsNull(raw) {
		return AddedToken{}, false, nil
	}
	if a, err = readToken(raw); err != nil {
		return AddedToken{}, false, fmt.Errorf("%s: %w", key, err)
	}
	if _, ok := s.byName[a.Content]; ok {
		a = s.known(a.Content)
	}
	return a, true, nil
}

// isNullName reports whether a name is there and null.
func (s *settings) isNullName(key string) bool {
	raw, there := s.values[key]
	return there && intake.IsNull(raw)
}

// truth reads a setting that is true, false or null.
func (s *settings) truth(key string) (*bool, error) {
	raw, ok := s.values[key]
	if !ok || intake.IsNull(raw) {
		return nil, nil //nolint:nilnil // null is a value here
	}
	var value bool
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, fmt.Errorf("%s is %.40s, expected true or false", key, raw)
	}
	return &value, nil
}

// word reads a setting that is a string, "" where it is missing.
func (s *settings) word(key string) string {
	var value string
	if json.Unmarshal(s.values[key], &value) != nil {
		return ""
	}
	return value
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

// readObject reads a JSON object of a folder; a file that is missing gives nil.
func readObject(folder, name string) (map[string]json.RawMessage, error) {
	path := filepath.Join(folder, name)
	text, err := intake.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	values := map[string]json.RawMessage{}
	if err := intake.Decode(text, &values); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}
