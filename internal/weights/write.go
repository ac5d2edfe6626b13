package weights

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"gobert/internal/disk"
)

// Write writes tensors to a safetensors file, atomically: it appears complete or not at all. Their order does not matter; metadata
// may be nil. The bytes are those that the reference implementation makes (crate safetensors 0.8: same order, same header).
func Write(path string, tensors []Tensor, metadata map[string]string) error {
	sorted, header, err := layout(tensors, metadata)
	if err != nil {
		return fmt.Errorf("safetensors: writing %s: %w", path, err)
	}
	err = disk.Stream(path, func(w io.Writer) error {
		if _, err := w.Write(header); err != nil {
			return err
		}
		for _, tensor := range sorted {
			if _, err := w.Write(tensor.Data); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("safetensors: writing %s: %w", path, err)
	}
	return nil
}

// layout sorts tensors as the reference does (wide types first, then by name) and makes the
// header with its length in front, padded so that the data begins at a multiple of 8.
func layout(tensors []Tensor, metadata map[string]string) (sorted []Tensor, header []byte, err error) {
	sorted = slices.SortedFunc(slices.Values(tensors), func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(b.DType, a.DType), cmp.Compare(a.Name, b.Name))
	})
	header = append(make([]byte, 8), '{')
	if metadata != nil {
		header = append(quote(header, metadataKey), ":{"...)
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if i > 0 {
				header = append(header, ',')
			}
			header = quote(append(quote(header, key), ':'), metadata[key])
		}
		header = append(header, '}')
	}
	seen := make(map[string]bool, len(sorted))
	var begin int64
	for _, tensor := range sorted {
		size := int64(len(tensor.Data))
		err := checkSize(tensor.DType, tensor.Shape, size, "got")
		if err == nil && (seen[tensor.Name] || tensor.Name == metadataKey) {
			err = errors.New("the name is taken")
		}
		if err != nil {
			return nil, nil, fmt.Errorf("tensor %q: %w", tensor.Name, err)
		}
		seen[tensor.Name] = true
		if len(header) > len("12345678{") {
			header = append(header, ',')
		}
		header = appendEntry(header, entry{tensor.Name, tensor.DType, tensor.Shape, begin, begin + size})
		begin += size
	}
	header = append(header, '}')
	header = append(header, bytes.Repeat([]byte(" "), -len(header)&7)...)
	if len(header)-8 > maxHeader {
		return nil, nil, fmt.Errorf("a header of %d bytes is longer than the format's %d", len(header)-8, maxHeader)
	}
	binary.LittleEndian.PutUint64(header, uint64(len(header)-8))
	return sorted, header, nil
}

// appendEntry appends e in JSON, in the reference's order of fields.
func appendEntry(header []byte, e entry) []byte {
	header = append(quote(header, e.name), `:{"dtype":"`...)
	header = append(append(header, e.dtype.String()...), `","shape":[`...)
	for i, n := range e.shape {
		if i > 0 {
			header = append(header, ',')
		}
		header = strconv.AppendInt(header, n, 10)
	}
	header = append(header, `],"data_offsets":[`...)
	header = strconv.AppendInt(header, e.begin, 10)
	header = append(header, ',')
	header = strconv.AppendInt(header, e.end, 10)
	return append(header, `]}`...)
}

// quote appends text as a JSON string, without the HTML escapes that json.Marshal adds.
func quote(dst []byte, text string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string into a buffer cannot fail
	return append(dst, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}
