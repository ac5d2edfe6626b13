// Package entities turns the logits of a token classifier into entities, as the token classification pipeline of
// transformers does with each of its aggregation strategies.
//
// # Files
//
//   - aggregate.go: Strategy, Token, Entity, Aggregate
//   - windows.go: AggregateWindows, Merge: long texts, read in overlapping windows
//   - join.go: word pieces to text
package entities
