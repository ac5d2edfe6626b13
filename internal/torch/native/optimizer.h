// Optimizer steps over flat memory; see optimizer.cpp.
#pragma once
#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// A gb_step is one update of one region of flat memory.
typedef struct {
  double lr, beta1, beta2, eps, decay;
  int64_t step;           // from 1
  double gradient_scale;  // the gradient is multiplied by it first
} gb_step;

gb_error gb_adamw_flat(gb_tensor value, gb_tensor grad, gb_tensor m, gb_tensor v, gb_tensor copy, gb_step s);
gb_error gb_lamb_flat(gb_tensor value, gb_tensor grad, gb_tensor m, gb_tensor v, gb_tensor copy, const int64_t *sizes, size_t parameters,
                      bool adapt, gb_step s);
gb_error gb_flat_norm(gb_tensor x, double *out);

#ifdef __cplusplus
}
#endif
