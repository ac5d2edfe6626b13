// The end of each core: sums of products become numbers.
#pragma once
#include "core.h"

// Each operation is rounded by itself, on every processor.
#pragma GCC optimize("fp-contract=off")

namespace gobert::int8 {

// store_part writes the outputs of a block that has fewer than 16.
static __attribute__((noinline)) void store_part(const int32_t *sums, float step, const Blocks &b, int64_t first, float *out) {
  for (int64_t c = 0; c < b.columns - first; c++) {
    const float product = static_cast<float>(sums[c]) * (step * b.scale[first + c]);
    out[first + c] = b.bias ? product + b.bias[first + c] : product;
  }
}

// store_row writes the outputs of a block for one row. It is inlined, and so compiled for the vector units of whoever calls it.
static inline __attribute__((always_inline)) void store_row(const int32_t *sums, float step, const Blocks &b, int64_t block, float *out) {
  const int64_t first = block * kLanes;
  if (b.columns - first < kLanes) return store_part(sums, step, b, first, out);
  float y[kLanes];
  for (int64_t c = 0; c < kLanes; c++) y[c] = static_cast<float>(sums[c]) * (step * b.scale[first + c]);
  if (b.bias)
    for (int64_t c = 0; c < kLanes; c++) y[c] = y[c] + b.bias[first + c];
  __builtin_memcpy(out + first, y, sizeof y);
}

}  // namespace gobert::int8
