// Package gotchtensor hands tensors of this module to code written for github.com/sugarme/gotch, and takes them from it,
// without a copy.
//
//	bert.Do(...)                       // or any code that runs in a pass
//	x := gotchtensor.Give(states.Last) // a *ts.Tensor over the same memory; drop it when done
//
// It is apart from package bert because gotch's own initialiser ends the process where it cannot make its cache folder, which our
// commands must survive.
//
// Ownership: both functions make a second handle to one storage. Each side releases its own.
package gotchtensor

import (
	"github.com/sugarme/gotch/ts"

	"gobert/bert"
	"gobert/internal/torch"
)

// Tensor is gotch's tensor.
type Tensor = ts.Tensor

// Give makes a gotch tensor over the storage of t, which stays its owner's: another handle, which the caller drops. It must be
// called where t may be used.
func Give(t *bert.Tensor) *Tensor { return ts.FromCtensor(t.Alias().Handle()) }

// Take makes a tensor of ours over the storage of x: another handle, which the caller frees. x stays gotch's: drop it there.
func Take(x *Tensor) *bert.Tensor { return torch.OfHandle(x.Ctensor()).Alias() }
