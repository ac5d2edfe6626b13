// Package tensorflow reads TensorFlow's checkpoints (format V2, "tensor bundle"), and reads and writes its record files, without
// TensorFlow.
//
// A checkpoint is a prefix with several files: bert_model.ckpt.index, a sorted table from names
// to places, and bert_model.ckpt.data-00000-of-00001 and so on, the elements. Opening parses the
// index and maps the data; a tensor's checksum is verified when it is asked for:
//
//	bundle, err := tensorflow.Open("bert_model.ckpt.index")
//	if err != nil {
//		return err
//	}
//	defer bundle.Close() // after the last use of any tensor's Data
//	for _, entry := range bundle.Entries() {
//		name, transposed, ok := tensorflow.HuggingFaceName(entry.Name)
//		if !ok {
//			continue // an optimizer's slot, say
//		}
//		tensor, err := bundle.Tensor(entry)
//		...
//	}
//
// A record file is a row of records: length, checksum of the length, bytes, checksum of the bytes. A [Reader] finds all of them
// in one pass over the lengths and then reads any of them. What is in them are tf.train.Example messages, as far as BERT's training
// data needs: lists of integers and of floats by name.
//
//	w := tensorflow.NewWriter(file)
//	err := w.Write(tensorflow.AppendInts(nil, "input_ids", ids))
//
// Sources of the formats: tensorflow/core/lib/io/record_writer.h, tensorflow/core/protobuf/tensor_bundle.proto, and LevelDB's
// doc/table_format.md.
//
// Files:
//
//   - bundle.go: Open, Bundle
//   - entry.go: Entry, as its protocol buffer says
//   - table.go: the sorted table
//   - block.go: one block of it
//   - record.go, record_reader.go: the frame of a record; Writer, Reader
//   - example.go: tf.train.Example to and from bytes
//   - names.go: HuggingFaceName, from Google's variables to ours
package tensorflow
