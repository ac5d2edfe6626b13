// Package gotch lets code written for github.com/sugarme/gotch and this module share tensors without a copy. It is apart
// from package torch because gotch's own initialiser ends the process where it cannot make its cache folder, which our
// commands must survive.
package gotch

import (
	"github.com/sugarme/gotch/ts"

	"gobert/internal/torch"
)

// Tensor is gotch's tensor.
type Tensor = ts.Tensor

// Give hands a tensor to gotch: another handle to the same storage, which gotch's caller owns and drops. t stays its
// owner's. It must be called where t may be used.
func Give(t *torch.Tensor) *Tensor {
	return ts.FromCtensor(t.Alias().Handle())
}

// Take gives another handle to a gotch tensor's storage, owned by the caller, who frees it. x stays gotch's: drop it there.
func Take(x *Tensor) *torch.Tensor {
	borrowed := torch.OfHandle(x.Ctensor())
	return borrowed.Alias()
}
