// Package raw describes weights as they lie on disk: a name, a data type, a shape and bytes.
//
// It is what the readers of file formats (safetensors, pickle, tfbundle) hand out and what the
// safetensors writer takes, so that none of them needs LibTorch:
//
//	file, err := raw.Map("model.safetensors") // mapped, not read
//	if err != nil {
//		return err
//	}
//	defer file.Close()
//	header := file.Bytes()[:8]
//
// Files:
//
//   - dtype.go: DType, named and ordered as in safetensors
//   - tensor.go: Tensor
//   - map.go: Map, a file as a slice of bytes
package raw
