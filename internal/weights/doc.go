// Package weights opens the weights of a model whatever format they are in.
//
// The format is found by looking: safetensors, PyTorch's pickles, TensorFlow checkpoints; whole
// or in shards. What comes out is uniform: names as transformers has them today, without
// buffers that are no weights, and elements that are read when touched.
//
//	source, err := weights.Open("bert-base-uncased") // a folder, or one file
//	if err != nil {
//		return err
//	}
//	defer source.Close() // after the last use of any tensor's Data
//	for _, tensor := range source.Tensors() {
//		fmt.Println(tensor.Name, tensor.Shape, tensor.File)
//	}
//
// Files:
//
//   - source.go: Open, Source
//   - format.go: finding the format
//   - tensor.go: Tensor, and its transposition
//   - names.go: names of older versions
package weights
