// What the backward pass calls Go for: activations that are computed again (recompute.hpp), and gradients that are whole (autograd.hpp).
// A message of Go's is to be freed.
#pragma once
#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// gobert_recompute is Go's: it computes what stands behind id again from x and sends dy back through it.
extern char *gobert_recompute(uintptr_t id, gb_tensor x, gb_tensor dy, gb_tensor *dx);

// gobert_reached is Go's: it is called once the gradient of what stands behind id is whole.
extern char *gobert_reached(uintptr_t id);

gb_error gb_recompute(gb_tensor *out, gb_tensor x, gb_tensor y, uintptr_t id);

#ifdef __cplusplus
}
#endif
