// Package tensorflow reads and writes TensorFlow's record files, and messages as they are in them, without TensorFlow.
//
// A record file is a row of records: length, checksum of the length, bytes, checksum of the bytes. A [Reader] finds all of them
// in one pass over the lengths and then reads any of them. What is in them are tf.train.Example messages, as far as BERT's training
// data needs: lists of integers and of floats by name.
//
//	w := tensorflow.NewWriter(file)
//	err := w.Write(tensorflow.AppendInts(nil, "input_ids", ids))
//
// Checkpoints, whose parts are messages with the same checksums, are read by package weights.
//
// Source of the format: tensorflow/core/lib/io/record_writer.h.
//
// Files:
//
//   - record.go, record_reader.go: the frame of a record; Writer, Reader; its checksum
//   - example.go: tf.train.Example to and from bytes
//   - message.go: the fields of any message
package tensorflow
