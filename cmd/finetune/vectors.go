package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// headerSize leaves room for any count, so that a file can be written before its length is known.
const headerSize = 256

// header is what stands before the numbers: NumPy's or safetensors' description, always headerSize bytes; nothing for JSON.
func (v *vectors) header(count int64) []byte {
	width := v.width
	if v.pairs {
		width = 1
	}
	switch v.format {
	case ".npy":
		shape := fmt.Sprintf("(%d, %d)", count, width)
		if v.pairs {
			shape = fmt.Sprintf("(%d,)", count)
		}
		// Format version 1.0: magic, the text's length, a Python dictionary, blanks up to a newline.
		text := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape)
		out := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
		binary.LittleEndian.PutUint16(out[8:], uint16(headerSize-len(out)))
		out = append(out, text...)
		return append(append(out, strings.Repeat(" ", headerSize-len(out)-1)...), '\n')
	case ".safetensors":
		name, shape := "embeddings", fmt.Sprintf("[%d,%d]", count, width)
		if v.pairs {
			name, shape = string(v.compare), fmt.Sprintf("[%d]", count)
		}
		text := fmt.Sprintf(`{%q:{"dtype":"F32","shape":%s,"data_offsets":[0,%d]}}`, name, shape, 4*count*int64(width))
		out := binary.LittleEndian.AppendUint64(nil, headerSize-8)
		out = append(out, text...)
		return append(out, strings.Repeat(" ", headerSize-len(out))...)
	}
	return nil
}

// write writes one row.
func (v *vectors) write(row []float32) error {
	v.count++
	if v.format == ".npy" || v.format == ".safetensors" {
		var four [4]byte
		for _, x := range row {
			binary.LittleEndian.PutUint32(four[:], math.Float32bits(x))
			if _, err := v.out.Write(four[:]); err != nil {
				return err
			}
		}
		return nil
	}
	var value any = row
	if v.pairs {
		value = row[0]
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = v.out.Write(append(text, '\n'))
	return err
}
