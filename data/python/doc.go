// Package python does to strings what Python's str does, where an official program is written in Python and its results
// depend on it.
//
// # Files
//
//   - lower.go: Lower: str.lower
//   - split.go: Split, IsSpace: str.split, str.isspace; IsWord: what \w of module re matches
package python
