// Package gotchtensor hands tensors of this module to code written for github.com/sugarme/gotch, and takes them from it,
// without a copy.
//
//	bert.Do(...)                       // or any code that runs in a pass
//	x := gotchtensor.Give(states.Last) // a *ts.Tensor over the same memory; drop it when done
//
// Ownership: both functions make a second handle to one storage. Each side releases its own.
package gotchtensor

import (
	"gobert/bert"
	"gobert/internal/torch/gotch"
)

// Tensor is gotch's *ts.Tensor.
type Tensor = gotch.Tensor

// Give makes a gotch tensor over the storage of t. The caller drops it; t is not affected.
func Give(t *bert.Tensor) *Tensor { return gotch.Give(t) }

// Take makes a tensor of ours over the storage of x. The caller frees it; x is not affected.
func Take(x *Tensor) *bert.Tensor { return gotch.Take(x) }
