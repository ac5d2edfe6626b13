// Package tfrecord reads and writes TensorFlow's record files and the
// tf.train.Example messages in them, as far as BERT's training data needs: lists
// of integers and of floats by name.
//
// A file is a row of records: length, checksum of the length, bytes, checksum
// of the bytes (tensorflow/core/lib/io/record_writer.h). A [Reader] finds all of
// them in one pass over the lengths and then reads any of them.
//
//	w := tfrecord.NewWriter(file)
//	err := w.Write(tfrecord.AppendInts(nil, "input_ids", ids))
//
// # Files
//
//   - record.go: the frame of a record; Writer
//   - reader.go: Reader: records by number
//   - example.go: tf.train.Example to and from bytes
package tfrecord
