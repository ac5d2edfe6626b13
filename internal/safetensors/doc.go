// Package safetensors reads and writes the format that Hugging Face models are shared in.
//
// A file is eight bytes (the header's length, little-endian), a JSON header padded with spaces,
// and the elements of all tensors end to end. Opening maps the file and checks the header; no
// element is read before someone looks at it:
//
//	file, err := safetensors.Open("model.safetensors")
//	if err != nil {
//		return err
//	}
//	defer file.Close() // after the last use of any tensor's Data
//	for _, tensor := range file.Tensors() {
//		fmt.Println(tensor.Name, tensor.DType, tensor.Shape)
//	}
//
// The mapping is private: Data may be wrapped by LibTorch and even written, the file stays as it
// is. Data is aligned to its element size always (a file that is not laid out so is copied in
// the places that need it).
//
// Write makes the bytes that the reference implementation makes (crate safetensors 0.8: same
// order, same header), and WriteSharded splits a model as transformers does. Both are atomic:
//
//	err := safetensors.Write(path, tensors, map[string]string{"format": "pt"})
//
// Files:
//
//   - file.go: Open, File
//   - header.go: the header, parsed and checked
//   - index.go: OpenIndex, a model in several files
//   - write.go: Write
//   - shard.go: WriteSharded
package safetensors
