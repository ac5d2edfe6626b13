// Package need stops the build with one message when LibTorch is not set up.
//
// Without it a plain "go build ./..." in a fresh shell would say only that gotch's C++ cannot
// find torch/torch.h. The settings that scripts/install-libtorch.sh writes define GOBERT_LIBTORCH;
// whoever sets the CGO variables by hand adds -DGOBERT_LIBTORCH to CGO_CFLAGS. This package depends
// on nothing, so it is compiled, and its message shown, long before gotch fails.
package need

/*
#ifndef GOBERT_LIBTORCH
#error "LibTorch is not set up in this shell: run 'scripts/install-libtorch.sh', then 'source ~/.cache/gobert/env.sh' (make does both)"
#endif
*/
import "C"
