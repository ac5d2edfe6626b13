package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// maxHeader is the reference implementation's limit on the header's length in bytes.
const maxHeader = 100_000_000

// metadataKey is the one name in a header that is not a tensor's.
const metadataKey = "__metadata__"

// An entry is one tensor of a header; begin and end count bytes from the end of the header.
type entry struct {
	name       string
	dtype      DType
	shape      []int64
	begin, end int64
}

// OpenSafetensors maps and checks the safetensors file at path; its tensors have the names that they have there. The error of a
// file that is none, or a damaged one, names the file, the tensor, and what was expected.
func OpenSafetensors(path string) (*File, error) { return open(path, "safetensors", parseSafetensors) }

// Rows is the length of a matrix in the safetensors file at path, 0 where there is no matrix of that name.
func Rows(path, name string) (int, error) {
	file, err := OpenSafetensors(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	if t, ok := file.Tensor(name); ok && len(t.Shape) == 2 {
		return int(t.Shape[0]), nil
	}
	return 0, nil
}

// parseSafetensors gives the tensors of a file with this content, and its metadata.
func parseSafetensors(content []byte, path string) ([]Tensor, map[string]string, error) {
	header, data, err := split(content)
	if err != nil {
		return nil, nil, err
	}
	entries, metadata, err := parseHeader(header)
	if err != nil {
		return nil, nil, err
	}
	if err := checkLayout(entries, int64(len(data))); err != nil {
		return nil, nil, err
	}
	tensors := make([]Tensor, len(entries))
	for i, e := range entries {
		tensors[i] = Tensor{Name: e.name, DType: e.dtype, Shape: e.shape, Data: aligned(e.dtype, data[e.begin:e.end:e.end]), File: path}
	}
	return tensors, metadata, nil
}

// split cuts the content of a file into its JSON header and the elements.
func split(content []byte) (header, data []byte, err error) {
	if len(content) < 8 {
		return nil, nil, fmt.Errorf("expected a header after 8 bytes of length, the file ends after %d bytes (cut short?)", len(content))
	}
	length := binary.LittleEndian.Uint64(content)
	rest := content[8:]
	switch {
	case length > maxHeader:
		return nil, nil, fmt.Errorf("the header claims %d bytes, more than the %d allowed (not a safetensors file?)", length, maxHeader)
	case length > uint64(len(rest)):
		return nil, nil, fmt.Errorf("the header claims %d bytes, the file has only %d after it (cut short?)", length, len(rest))
	}
	return rest[:length], rest[length:], nil
}

// parseHeader reads the JSON token by token, because a map would hide duplicate names.
func parseHeader(header []byte) (entries []entry, metadata map[string]string, err error) {
	if !utf8.Valid(header) {
		return nil, nil, errors.New("the header is not UTF-8 (damaged?)")
	}
	if !bytes.HasPrefix(header, []byte("{")) {
		return nil, nil, errors.New("the header does not begin with { (not a safetensors file?)")
	}
	dec := json.NewDecoder(bytes.NewReader(header))
	if _, err := dec.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("header: %w", err)
		}
		name, _ := token.(string) // a key of an object is always a string
		if seen[name] {
			return nil, nil, fmt.Errorf("tensor %q: the header names it twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			if err := dec.Decode(&metadata); err != nil {
				return nil, nil, fmt.Errorf("header: %s: expected an object of strings: %w", metadataKey, err)
			}
			continue
		}
		e, err := parseEntry(dec, name)
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		entries = append(entries, e)
	}
	if _, err := dec.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("header: expected nothing but spaces after the closing brace")
	}
	return entries, metadata, nil
}

// parseEntry reads the description of the tensor name.
func parseEntry(dec *json.Decoder, name string) (entry, error) {
	var fields struct {
		DType   *string  `json:"dtype"`
		Shape   *[]int64 `json:"shape"`
		Offsets *[]int64 `json:"data_offsets"`
	}
	if err := dec.Decode(&fields); err != nil {
		return entry{}, fmt.Errorf("header: %w", err)
	}
	if fields.DType == nil || fields.Shape == nil || fields.Offsets == nil || len(*fields.Offsets) != 2 {
		return entry{}, errors.New(`header: expected "dtype", "shape" and two "data_offsets"`)
	}
	dtype, err := ParseDType(*fields.DType)
	if err != nil {
		return entry{}, err
	}
	return entry{name, dtype, *fields.Shape, (*fields.Offsets)[0], (*fields.Offsets)[1]}, nil
}

// checkLayout sorts entries by their place and holds that they fill the data exactly: no holes,
// no overlaps, and each as large as its shape and type say. The format promises this.
func checkLayout(entries []entry, available int64) error {
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	var at int64
	for _, e := range entries {
		switch {
		case e.begin < at:
			return fmt.Errorf("tensor %q: begins at byte %d, inside the one before it, which ends at %d", e.name, e.begin, at)
		case e.begin > at:
			return fmt.Errorf("tensor %q: begins at byte %d, expected %d: a hole", e.name, e.begin, at)
		case e.end < e.begin || e.end > available:
			return fmt.Errorf("tensor %q: ends at byte %d of %d (cut short?)", e.name, e.end, available)
		}
		if err := checkSize(e.dtype, e.shape, e.end-e.begin, "the file gives it"); err != nil {
			return fmt.Errorf("tensor %q: %w", e.name, err)
		}
		at = e.end
	}
	if at != available {
		return fmt.Errorf("%d bytes after the last tensor belong to none (damaged header?)", available-at)
	}
	return nil
}
