// Package conll reads sentences as columns of words and tags, and knows the tagging schemes.
//
// # Files
//
//   - reader.go: Options, Reader
//   - scheme.go: IOB1, IOB2, IOBES: detection, conversion, invalid transitions
//   - entity.go: Entity: from tags to spans of words
package conll
