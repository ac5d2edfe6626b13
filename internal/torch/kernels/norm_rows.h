// The row loops of the fused norm; see norm.cpp.
#pragma once
#include <cstdint>

#include "convert.h"
#include "philox.h"

namespace gobert {

// NormRows describes LN(dropout(x) + residual) over rows of one width.
template <typename T>
struct NormRows {
  const T *x, *residual;  // residual may be null
  T *sum, *out;           // sum keeps dropout(x) + residual for the backward pass; null when that will not come
  float *mean, *rstd;     // one a row; null as sum
  const float *gain, *bias;
  int64_t width;
  float eps;
  Dropout dropout;
};

// NormGradRows describes its backward pass.
template <typename T>
struct NormGradRows {
  const T *dy, *sum;
  const float *mean, *rstd, *gain;
  T *dx, *dresidual;    // dresidual is null when it would equal dx or is not wanted
  float *dgain, *dbias; // partial sums of the chunk of rows
  int64_t width;
  Dropout dropout;
};

void norm_rows(const NormRows<float> &a, int64_t begin, int64_t end);
void norm_rows(const NormRows<bf16> &a, int64_t begin, int64_t end);
void norm_grad_rows(const NormGradRows<float> &a, int64_t begin, int64_t end);
void norm_grad_rows(const NormGradRows<bf16> &a, int64_t begin, int64_t end);

}  // namespace gobert
