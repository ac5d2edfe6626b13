// Package tfbundle reads TensorFlow checkpoints (format V2, "tensor bundle") without TensorFlow.
//
// A checkpoint is a prefix with several files: bert_model.ckpt.index, a sorted table from names
// to places, and bert_model.ckpt.data-00000-of-00001 and so on, the elements. Opening parses the
// index and maps the data; a tensor's checksum is verified when it is asked for:
//
//	bundle, err := tfbundle.Open("bert_model.ckpt.index")
//	if err != nil {
//		return err
//	}
//	defer bundle.Close() // after the last use of any tensor's Data
//	for _, entry := range bundle.Entries() {
//		name, transposed, ok := tfbundle.HuggingFaceName(entry.Name)
//		if !ok {
//			continue // an optimizer's slot, say
//		}
//		tensor, err := bundle.Tensor(entry)
//		...
//	}
//
// Sources of the format: tensorflow/core/protobuf/tensor_bundle.proto, and LevelDB's
// doc/table_format.md.
//
// Files:
//
//   - bundle.go: Open, Bundle
//   - entry.go: Entry, as its protocol buffer says
//   - table.go: the sorted table
//   - block.go: one block of it
//   - names.go: HuggingFaceName, from Google's variables to ours
package tfbundle
