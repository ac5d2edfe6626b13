// Optimizer steps over flat memory; see optimizer.hpp.
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
// LAMB's two passes, on the CPU; see kernels/optimizer.h.
gb_error gb_lamb_directions(gb_tensor value, gb_tensor grad, gb_tensor m, gb_tensor v, gb_step s);
gb_error gb_lamb_walk(gb_tensor value, gb_tensor direction, gb_tensor copy, double step);
gb_error gb_flat_norm(gb_tensor x, double *out);
gb_error gb_flat_squares(gb_tensor x, const int64_t *from, const int64_t *n, size_t regions, double *out, size_t blocks);
// Adds tensors in their order. into, which may be NULL, takes the sum, which is cleared then.
gb_error gb_flat_fold(gb_tensor sum, const gb_tensor *more, size_t n, gb_tensor into);

// updater.hpp: steps that a device makes by itself; see Rule, Part, Flat and Measured in kernels/optimizer.h.
typedef void *gb_updater;

typedef struct {
  gb_tensor value, grad, m, v, copy, state, root;
} gb_flat;

typedef struct {
  bool lamb;
  double beta1, beta2, eps, clip, share;
  int run;
} gb_rule;

typedef struct {
  int64_t begin, count;
  double decay, rate;
  bool adapt;
  int64_t moments;
} gb_part_of_flat;

typedef struct {
  gb_tensor value;
  double times;
  int64_t into;
} gb_measured;

gb_error gb_new_updater(gb_updater *out, gb_flat flat, gb_rule rule, const gb_part_of_flat *parts, size_t n);
gb_error gb_update(gb_updater u, gb_tensor rate, gb_tensor squares);  // squares may be NULL
gb_error gb_walk(gb_updater u, const double *lengths, size_t parts);  // two a part: see Updater::walk
void gb_free_updater(gb_updater u);
gb_error gb_add_measures(gb_tensor sums, const gb_measured *values, size_t n);

#ifdef __cplusplus
}
#endif
