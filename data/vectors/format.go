package vectors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"gobert/internal/fault"
)

// Format is how vectors stand in a file.
type Format string

// The formats, which are also the endings of files' names.
const (
	NPY         Format = ".npy"         // float32 [vectors, width], or [vectors] for single numbers; version 1.0
	Safetensors Format = ".safetensors" // likewise, one tensor
	JSONLines   Format = ".jsonl"       // an array a line, or a number
)

// FormatOf tells a file's format by its name.
func FormatOf(path string) (Format, error) {
	switch f := Format(strings.ToLower(filepath.Ext(path))); f {
	case NPY, Safetensors, JSONLines:
		return f, nil
	}
	return "", fault.Usage("vectors: %s: expected a name that ends in .npy, .safetensors or .jsonl", path)
}

// headerSize leaves room for any count, so that a file can be written before its length is known.
const headerSize = 256

// header is what stands before the numbers: NumPy's or safetensors' description, always headerSize bytes; nothing for JSON.
func (o *Options) header(f Format, count int64) []byte {
	switch f {
	case NPY:
		shape := fmt.Sprintf("(%d, %d)", count, o.Width)
		if o.Numbers {
			shape = fmt.Sprintf("(%d,)", count)
		}
		// Format version 1.0: magic, the text's length, a Python dictionary, blanks up to a newline.
		text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape)
		out := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
		binary.LittleEndian.PutUint16(out[8:], uint16(headerSize-len(out)))
		out = append(out, text...)
		return append(append(out, strings.Repeat(" ", headerSize-len(out)-1)...), '\n')
	case Safetensors:
		shape := fmt.Sprintf("[%d,%d]", count, o.Width)
		if o.Numbers {
			shape = fmt.Sprintf("[%d]", count)
		}
		text := fmt.Sprintf(`{%q:{"dtype":"F32","shape":%s,"data_offsets":[0,%d]}}`, o.Name, shape, 4*count*int64(o.Width))
		out := binary.LittleEndian.AppendUint64(nil, headerSize-8)
		out = append(out, text...)
		return append(out, strings.Repeat(" ", headerSize-len(out))...)
	}
	return nil
}

// appendRow writes one vector.
func (o *Options) appendRow(dst []byte, f Format, row []float32) ([]byte, error) {
	if f != JSONLines {
		for _, x := range row {
			dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(x))
		}
		return dst, nil
	}
	var value any = row
	if o.Numbers {
		value = row[0]
	}
	return appendLine(dst, value)
}

// appendLine writes a value as a line of JSON, with tokens such as < and & as they are.
func appendLine(dst []byte, value any) ([]byte, error) {
	line := bytes.NewBuffer(dst)
	to := json.NewEncoder(line)
	to.SetEscapeHTML(false)
	if err := to.Encode(value); err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	return line.Bytes(), nil
}
