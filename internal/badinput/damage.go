package badinput

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"unicode/utf16"
)

// regexpOf matches a file's name.
func regexpOf(name string) string { return regexp.QuoteMeta(name) }

// cut keeps the first per cent of a file.
func cut(percent int) func([]byte) []byte {
	return func(text []byte) []byte { return text[:len(text)*percent/100] }
}

// wide is text as UTF-16 with a byte order mark.
func wide(text []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

// number sets a key of a JSON object to what is no good value.
func number(key, value string) func([]byte) []byte {
	return func(text []byte) []byte {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(text, &object); err != nil {
			panic(err)
		}
		object[key] = json.RawMessage(value)
		var out []byte
		for k, v := range object {
			name, _ := json.Marshal(k)
			out = append(append(append(append(out, ',', ' '), name...), ':', ' '), v...)
		}
		return append(append([]byte{'{'}, out[2:]...), '}')
	}
}

// folderFor puts a folder in the place of a file.
func (w *World) folderFor(folder, file string) {
	path := filepath.Join(folder, file)
	w.must(os.Remove(path))
	w.must(os.Mkdir(path, 0o755))
}
