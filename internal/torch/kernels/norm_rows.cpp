// Loops over rows, compiled for each vector generation. Reductions run in fp32 lanes; variance takes a second pass over the
// row, because BERT's eps of 1e-12 hides nothing.
#include "norm_rows.h"

#include <vector>

namespace gobert {
namespace {

template <typename T>
GOBERT_INLINED void forward_row(const NormRows<T> &a, int64_t row, float *s, float *factor) {
  const int64_t w = a.width;
  const T *x = a.x + row * w, *r = a.residual ? a.residual + row * w : nullptr;
  if (a.dropout.on()) {
    dropout_row(a.dropout, row, w, factor);
#pragma omp simd
    for (int64_t i = 0; i < w; i++) s[i] = widen(x[i]) * factor[i];
  } else {
#pragma omp simd
    for (int64_t i = 0; i < w; i++) s[i] = widen(x[i]);
  }
  if (r) {
#pragma omp simd
    for (int64_t i = 0; i < w; i++) s[i] += widen(r[i]);
  }
  // The norm sees what the backward pass will read, also when that is rounded, and whether or not anything is kept: a pass
  // without gradients has the same bits as one with them, so computing a layer again does, too.
  T *keep = a.sum ? a.sum + row * w : nullptr;
#pragma omp simd
  for (int64_t i = 0; i < w; i++) {
    T rounded;
    narrow(s[i], rounded);
    s[i] = widen(rounded);
    if (keep) keep[i] = rounded;
  }
  float total = 0, squares = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < w; i++) total += s[i];
  const float mean = total / static_cast<float>(w);
#pragma omp simd reduction(+ : squares)
  for (int64_t i = 0; i < w; i++) squares += (s[i] - mean) * (s[i] - mean);
  const float rstd = 1.0f / std::sqrt(squares / static_cast<float>(w) + a.eps);
  T *out = a.out + row * w;
#pragma omp simd
  for (int64_t i = 0; i < w; i++) narrow((s[i] - mean) * rstd * a.gain[i] + a.bias[i], out[i]);
  if (a.mean) {
    a.mean[row] = mean;
    a.rstd[row] = rstd;
  }
}

template <typename T>
GOBERT_INLINED void backward_row(const NormGradRows<T> &a, int64_t row, float *d, float *factor) {
  const int64_t w = a.width;
  const T *dy = a.dy + row * w, *sum = a.sum + row * w;
  const float mean = a.mean[row], rstd = a.rstd[row];
  float c1 = 0, c2 = 0;
#pragma omp simd reduction(+ : c1, c2)
  for (int64_t i = 0; i < w; i++) {
    const float g = widen(dy[i]), hat = (widen(sum[i]) - mean) * rstd;
    a.dgain[i] += g * hat;
    a.dbias[i] += g;
    d[i] = g * a.gain[i];
    c1 += d[i];
    c2 += d[i] * hat;
  }
  c1 /= static_cast<float>(w);
  c2 /= static_cast<float>(w);
#pragma omp simd
  for (int64_t i = 0; i < w; i++) d[i] = rstd * (d[i] - c1 - (widen(sum[i]) - mean) * rstd * c2);
  if (a.dresidual) {
    T *out = a.dresidual + row * w;
#pragma omp simd
    for (int64_t i = 0; i < w; i++) narrow(d[i], out[i]);
  }
  T *dx = a.dx + row * w;
  if (a.dropout.on()) {
    dropout_row(a.dropout, row, w, factor);
#pragma omp simd
    for (int64_t i = 0; i < w; i++) narrow(d[i] * factor[i], dx[i]);
  } else {
#pragma omp simd
    for (int64_t i = 0; i < w; i++) narrow(d[i], dx[i]);
  }
}

}  // namespace

#define GOBERT_ROWS(T)                                                                 \
  GOBERT_VECTORS void norm_rows(const NormRows<T> &a, int64_t begin, int64_t end) {    \
    std::vector<float> s(a.width), factor(padded(a.width));                            \
    for (int64_t r = begin; r < end; r++) forward_row(a, r, s.data(), factor.data());  \
  }                                                                                    \
  GOBERT_VECTORS void norm_grad_rows(const NormGradRows<T> &a, int64_t begin, int64_t end) { \
    std::vector<float> d(a.width), factor(padded(a.width));                            \
    for (int64_t r = begin; r < end; r++) backward_row(a, r, d.data(), factor.data()); \
  }

GOBERT_ROWS(float)
GOBERT_ROWS(bf16)

}  // namespace gobert
