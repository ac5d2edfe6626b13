package wordpiece

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gobert/internal/disk"
)

// Save writes the tokenizer into a folder that exists: tokenizer.json, vocab.txt, tokenizer_config.json,
// special_tokens_map.json, and added_tokens.json where tokens were added to the vocabulary. transformers loads the folder and
// gives the same ids, and so does [Open]. Each file appears whole or not at all.
func (t *Tokenizer) Save(folder string) error {
	if err := t.save(folder); err != nil {
		return fmt.Errorf("wordpiece: saving tokenizer: %w", err)
	}
	return nil
}

func (t *Tokenizer) save(folder string) error {
	lines := slices.Clone(t.spec.vocabulary)
	for i, token := range lines {
		if token == "" {
			lines[i] = " " // white space, which is read as the empty token again
		}
	}
	files := map[string][]byte{"vocab.txt": []byte(strings.Join(lines, "\n") + "\n")}
	for name, value := range map[string]any{
		"tokenizer.json":          t.json(),
		"tokenizer_config.json":   t.config(),
		"special_tokens_map.json": t.specialMap(),
		"added_tokens.json":       t.addedMap(),
	} {
		if m, ok := value.(map[string]int32); ok && len(m) == 0 {
			continue
		}
		text, err := marshal(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = text
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := disk.Write(filepath.Join(folder, name), files[name]); err != nil {
			return err
		}
	}
	if _, ok := files["added_tokens.json"]; !ok {
		// One of an earlier tokenizer would be read with this one.
		if err := os.Remove(filepath.Join(folder, "added_tokens.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// marshal writes JSON as Hugging Face does: indented, without escapes for HTML.
func marshal(value any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(value)
	return out.Bytes(), err
}

// json is the content of tokenizer.json.
func (t *Tokenizer) json() any {
	s := t.spec
	added := make([]addedJSON, len(s.added))
	for i, f := range s.added {
		added[i] = addedJSON{f.id, f.Content, f.SingleWord, f.LStrip, f.RStrip, f.Normalized, f.Special}
	}
	file := tokenizerJSON{
		Version: "1.0", Truncation: s.kept.truncation, Padding: s.kept.padding, AddedTokens: added,
		PreTokenizer: json.RawMessage(`{"type":"BertPreTokenizer"}`),
	}
	o := s.options
	if o.CleanText || o.ChineseChars || o.Lowercase || o.StripAccents != nil {
		file.Normalizer = mustRaw(normalizerJSON{"BertNormalizer", o.CleanText, o.ChineseChars, o.StripAccents, o.Lowercase})
	}
	if !s.decoder.spaces {
		file.Decoder = mustRaw(decoderJSON{s.decoder.cleanup, s.decoder.prefix, "WordPiece"})
	}
	file.PostProcessor = mustRaw(s.template.json())
	file.Model = modelJSON{Type: "WordPiece", Unk: o.Unk, Prefix: &o.Prefix, MaxWord: &o.MaxWord, Vocab: vocabJSON(s.vocabulary)}
	return file
}

// mustRaw is for values of this package, which JSON can always express.
func mustRaw(value any) json.RawMessage {
	text, err := marshal(value)
	if err != nil {
		panic("wordpiece: " + err.Error())
	}
	return text
}

// vocabJSON writes tokens in the order of their ids, which a Go map would lose.
func vocabJSON(vocabulary []string) json.RawMessage {
	var out bytes.Buffer
	out.WriteByte('{')
	for id, token := range vocabulary {
		if id > 0 {
			out.WriteByte(',')
		}
		out.Write(bytes.TrimSpace(mustRaw(token)))
		out.WriteByte(':')
		out.WriteString(strconv.Itoa(id))
	}
	out.WriteByte('}')
	return out.Bytes()
}

// json is the template as a post_processor.
func (t Template) json() postJSON {
	specials := map[string]specialsJSON{}
	places := func(slots []slot) []slotJSON {
		list := make([]slotJSON, len(slots))
		for i, s := range slots {
			if s.text >= 0 {
				list[i].Sequence = &placeJSON{string(rune('A' + s.text)), s.typeID}
				continue
			}
			list[i].SpecialToken = &placeJSON{s.name, s.typeID}
			specials[s.name] = specialsJSON{s.name, s.ids, s.tokens}
		}
		return list
	}
	return postJSON{Type: "TemplateProcessing", Single: places(t.single), Pair: places(t.pair), SpecialTokens: specials}
}

// specialMap is the content of special_tokens_map.json.
func (t *Tokenizer) specialMap() map[string]any {
	m := map[string]any{}
	for key, name := range t.spec.options.specials() {
		token := *name
		// One that is in the vocabulary and is not looked for in texts would be, if it were named.
		i := slices.IndexFunc(t.spec.added, func(f foundToken) bool { return f.Content == token })
		if i < 0 {
			continue
		}
		m[key] = token
		if a := t.spec.added[i].AddedToken; a != SpecialToken(token) {
			flags := a.flags()
			flags["__type"], flags["special"] = "AddedToken", true
			m[key] = flags
		}
	}
	return m
}

// flags are an added token as tokenizer_config.json has it.
func (a AddedToken) flags() map[string]any {
	return map[string]any{
		"content": a.Content, "lstrip": a.LStrip, "rstrip": a.RStrip, "normalized": a.Normalized, "single_word": a.SingleWord, "special": a.Special,
	}
}

// addedMap is the content of added_tokens.json: what the vocabulary does not have.
func (t *Tokenizer) addedMap() map[string]int32 {
	m := map[string]int32{}
	for _, f := range t.spec.added {
		if int(f.id) >= len(t.spec.vocabulary) {
			m[f.Content] = f.id
		}
	}
	return m
}

// config is the content of tokenizer_config.json: what was read, and what is so now.
func (t *Tokenizer) config() map[string]any {
	m := map[string]any{}
	for key, raw := range t.spec.kept.config {
		m[key] = raw
	}
	for _, old := range []string{"additional_special_tokens", "max_len", "name_or_path", "tokenizer_file", "vocab_file"} {
		delete(m, old)
	}
	o := t.spec.options
	m["do_lower_case"], m["tokenize_chinese_chars"], m["strip_accents"] = o.Lowercase, o.ChineseChars, o.StripAccents
	m["clean_up_tokenization_spaces"] = o.CleanUp
	m["backend"] = "tokenizers"
	m["tokenizer_class"] = "PreTrainedTokenizerFast"
	if t.isBert() {
		m["tokenizer_class"] = "BertTokenizer"
	}
	m["model_max_length"] = json.RawMessage("1000000000000000019884624838656")
	if o.MaxLength > 0 {
		m["model_max_length"] = o.MaxLength
	}
	for key := range t.spec.options.specials() {
		m[key] = nil // where there is none, or transformers would add BERT's
	}
	maps.Copy(m, t.specialMap())
	for key, s := range map[string]Side{"padding_side": o.PaddingSide, "truncation_side": o.TruncationSide} {
		if s != SideDefault {
			m[key] = s.String()
		}
	}
	decoder := map[string]any{}
	for _, f := range t.spec.added {
		decoder[strconv.Itoa(int(f.id))] = f.flags()
	}
	m["added_tokens_decoder"] = decoder
	return m
}

// isBert reports whether BertTokenizer would do what this tokenizer does; else transformers is told to go by tokenizer.json.
func (t *Tokenizer) isBert() bool {
	o, usual := t.spec.options, DefaultOptions(false)
	if o.Prefix != usual.Prefix || o.MaxWord != usual.MaxWord || !o.CleanText || t.spec.decoder != (decoder{prefix: "##", cleanup: true}) {
		return false
	}
	return min(t.names.Pad, t.names.Cls, t.names.Sep, t.names.Mask) >= 0 && t.spec.template.equal(t.bertTemplate())
}

// equal reports whether two templates do the same.
func (t Template) equal(u Template) bool {
	same := func(a, b slot) bool {
		return a.text == b.text && a.typeID == b.typeID && slices.Equal(a.ids, b.ids) && slices.Equal(a.tokens, b.tokens)
	}
	return slices.EqualFunc(t.single, u.single, same) && slices.EqualFunc(t.pair, u.pair, same)
}
