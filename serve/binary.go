package serve

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"reflect"
	"strconv"
)

// Clients of Triton and KServe may send tensors as bytes behind the JSON, and want them so: the protocol's extension of binary data.

// lengthHeader says how much of a body is JSON.
const lengthHeader = "Inference-Header-Content-Length"

// inferRoute adds a route for inference, whose body and answer may have bytes behind their JSON.
func (s *Server) inferRoute(path string, about description) {
	s.document.describe(http.MethodPost, path, about, reflect.TypeFor[inferRequest](), reflect.TypeFor[inferResponse](), false, false)
	s.add(http.MethodPost, path, false, func(c *call) (any, error) {
		text, err := c.body()
		if err != nil {
			return nil, err
		}
		var behind []byte
		if given := c.r.Header.Get(lengthHeader); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil || n < 0 || n > len(text) {
				return nil, &problem{status: http.StatusBadRequest, kind: invalid, text: lengthHeader + " is " + given + ", expected 0 to " + strconv.Itoa(len(text))}
			}
			text, behind = text[:n], text[n:]
		}
		in := new(inferRequest)
		if err := c.decode(text, in); err != nil {
			return nil, err
		}
		if err := takeBytes(in.Inputs, behind); err != nil {
			return nil, err
		}
		out, err := c.infer(in)
		if err != nil {
			return nil, err
		}
		if wanted := out.asBytes(in); len(wanted) > 0 {
			return nil, out.writeBytes(c.w, wanted)
		}
		return out, nil
	})
}

const (
	sizeParameter   = "binary_data_size"
	binaryParameter = "binary_data"
	allBinary       = "binary_data_output"
)

// takeBytes gives the inputs that have their texts behind the JSON these texts: each is its length in four bytes, and itself.
func takeBytes(inputs []tensor, behind []byte) error {
	for i := range inputs {
		t, field := &inputs[i], at("inputs", i, false)
		given, found := t.Parameters[sizeParameter]
		if !found {
			continue
		}
		size, ok := given.(float64)
		if !ok || size < 0 || size != math.Trunc(size) || size > float64(len(behind)) {
			return wrong(field+".parameters."+sizeParameter, "%s.parameters.%s is %v, and %d bytes are left", field, sizeParameter, given, len(behind))
		}
		delete(t.Parameters, sizeParameter)
		raw := behind[:int(size)]
		behind = behind[int(size):]
		list := []any{}
		for len(raw) > 0 {
			const prefix = 4
			if len(raw) < prefix {
				return wrong(field, "%s: the bytes end in the length of a text", field)
			}
			n := int(binary.LittleEndian.Uint32(raw))
			if raw = raw[prefix:]; n > len(raw) {
				return wrong(field, "%s: a text of %d bytes, and %d are left", field, n, len(raw))
			}
			if at := invalidAt(raw[:n]); at < n {
				return wrong(field, "%s: a text is not UTF-8: byte %d", field, at)
			}
			list, raw = append(list, string(raw[:n])), raw[n:]
		}
		t.Data = list
	}
	if len(behind) > 0 {
		return wrong("inputs", "%d bytes behind the JSON belong to no input", len(behind))
	}
	return nil
}

// asBytes are the outputs that are wanted as bytes: what a request says of one goes before what it says of all.
func (out *inferResponse) asBytes(in *inferRequest) (names map[string]bool) {
	all, _ := in.Parameters[allBinary].(bool)
	names = map[string]bool{}
	for _, t := range out.Outputs {
		names[t.Name] = all
	}
	for _, o := range in.Outputs {
		if yes, said := o.Parameters[binaryParameter].(bool); said {
			names[o.Name] = yes
		}
	}
	maps.DeleteFunc(names, func(_ string, yes bool) bool { return !yes })
	return names
}

// writeBytes answers with some tensors as bytes.
func (out *inferResponse) writeBytes(w http.ResponseWriter, wanted map[string]bool) error {
	var behind []byte
	for i := range out.Outputs {
		t := &out.Outputs[i]
		if !wanted[t.Name] {
			continue
		}
		before := len(behind)
		switch list := t.Data.(type) {
		case []string:
			for _, text := range list {
				behind = append(binary.LittleEndian.AppendUint32(behind, uint32(len(text))), text...)
			}
		case []float32:
			for _, x := range list {
				behind = binary.LittleEndian.AppendUint32(behind, math.Float32bits(x))
			}
		case []int:
			for _, x := range list {
				behind = binary.LittleEndian.AppendUint64(behind, uint64(x))
			}
		}
		t.Data, t.Parameters = nil, map[string]any{sizeParameter: len(behind) - before}
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set(lengthHeader, strconv.Itoa(len(text)))
	_, _ = w.Write(append(text, behind...))
	return nil
}
