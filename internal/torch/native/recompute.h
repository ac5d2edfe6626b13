// Activations that are computed again in the backward pass: see recompute.hpp.
#pragma once
#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// gobert_recompute is Go's: it computes what stands behind id again from x and sends dy back through it.
extern char *gobert_recompute(uintptr_t id, gb_tensor x, gb_tensor dy, gb_tensor *dx);

gb_error gb_recompute(gb_tensor *out, gb_tensor x, gb_tensor y, uintptr_t id);

#ifdef __cplusplus
}
#endif
