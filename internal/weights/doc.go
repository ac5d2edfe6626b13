// Package weights opens the weights of a model whatever format they are in, and writes safetensors.
//
// The format is found by looking: safetensors, PyTorch's pickles, TensorFlow checkpoints; whole
// or in shards. What comes out is uniform: names as transformers has them today, without
// buffers that are no weights, and elements that are read when touched.
//
//	file, err := weights.Open("bert-base-uncased") // a folder, or one file
//	if err != nil {
//		return err
//	}
//	defer file.Close() // after the last use of any tensor's Data
//	for _, tensor := range file.Tensors() {
//		fmt.Println(tensor.Name, tensor.Shape, tensor.File)
//	}
//
//	err = weights.Write(path, tensors, map[string]string{"format": "pt"}) // WriteSharded splits a model as transformers does
//
// Files are mapped, privately: Data may be wrapped by LibTorch and even written, the file stays as it is. Data is aligned to its
// element size always (a file that is not laid out so is copied in the places that need it). Whatever a file claims is compared with
// its length, its checksums and what memory may hold before it is believed; the error names the file, the tensor, and what was
// expected.
//
// A further format is a file of its own that gives the tensors of a content, a row in format.go that knows it by its name or its
// first bytes, and a column in dtype.go.
//
// # Files, in the order to read them
//
//   - tensor.go: Tensor; its size, its place in a file; dtype.go: DType, under each format's names
//   - file.go: File; open.go: Open; format.go: finding the format; index.go: a model in several files
//   - names.go: names of older versions, and from Google's variables to ours
//   - safetensors.go: OpenSafetensors (eight bytes of the header's length, a JSON header padded with spaces, the elements of all
//     tensors end to end); write.go: Write; shard.go: WriteSharded
//   - pickle.go: files of torch.save, in two containers: pickle_archive.go (zip, since PyTorch 1.6; mapped, not copied) and
//     pickle_legacy.go. pickle_machine.go and pickle_opcodes.go run the program in them, pickle_constructors.go has the only things
//     that it may name, pickle_tensor.go its storages and strides
//   - checkpoint.go: TensorFlow's checkpoints, of entries (checkpoint_entry.go) in a sorted table (checkpoint_table.go) of blocks
//     (checkpoint_block.go), as in tensorflow/core/protobuf/tensor_bundle.proto and LevelDB's doc/table_format.md
package weights
