// Loops over rows of numbers, compiled for each generation of vector units (targets.h): activations to eight bits, GELU, tables.
#include <cstring>

#include "../kernels/softmax_rows.h"
#include "core.h"

// Nothing is fused, so that every processor, and the twin in Go, gives the same bits. Where numbers may trap, the compiler keeps branches in
// GELU, and makes no vectors of it.
#pragma GCC optimize("fp-contract=off", "no-trapping-math")

namespace gobert::int8 {
namespace {

constexpr float kMost = 127;

// Below it a row's largest number is taken for it: 127 over it is still a number. A row of zeros has this step, and stays zeros.
constexpr float kLeast = 1e-36f;

// Adding 1.5 * 2^23 rounds to the nearest integer, ties to even, and leaves it in the low bits.
constexpr float kMagic = 12582912.0f;
constexpr int32_t kMagicBits = 0x4B400000;

GOBERT_INLINED int32_t bits_of(float x) {
  int32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

// times_of gives 127 over the row's largest number, most, and as step most/127. Where a number of the row is NaN or infinite so is step NaN,
// and all that is computed from the row; 0 is given then.
GOBERT_INLINED float times_of(const float *x, int64_t width, float *step) {
  int32_t largest = 0;  // of the bits without the sign, which are ordered as the numbers are, infinity and NaN behind them
#pragma omp simd reduction(max : largest)
  for (int64_t i = 0; i < width; i++) {
    const int32_t bits = bits_of(x[i]) & 0x7FFFFFFF;
    largest = bits > largest ? bits : largest;
  }
  float most;
  memcpy(&most, &largest, 4);
  const bool finite = largest < 0x7F800000;
  most = most < kLeast ? kLeast : most;
  *step = finite ? most / kMost : __builtin_nanf("");
  return finite ? kMost / most : 0;
}

// quantize_row writes round(x * times) + zero.
template <typename Q>
GOBERT_INLINED void quantize_row(const float *x, int64_t width, int64_t depth, int32_t zero, Q *q, float *step) {
  const float times = times_of(x, width, step);
  const int64_t there = times == 0 ? 0 : width;
#pragma omp simd
  for (int64_t i = 0; i < there; i++) q[i] = static_cast<Q>(bits_of(x[i] * times + kMagic) - kMagicBits + zero);
  for (int64_t i = there; i < depth; i++) q[i] = static_cast<Q>(zero);
}

// gelu is x/2 * (1 + erf(x/sqrt 2)); erf by Abramowitz and Stegun 7.1.26, within 1.5e-7.
GOBERT_INLINED float gelu(float x) {
  const float z = x * 0.70710678118654752f;
  const float magnitude = z < 0 ? -z : z;
  const float t = 1.0f / (1.0f + 0.3275911f * magnitude);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const float rest = p * t * fast_exp(-(magnitude * magnitude));
  const float half = 0.5f * x;
  return z < 0 ? half * rest : half * (2.0f - rest);
}

}  // namespace

GOBERT_VECTORS float times(const float *x, int64_t width, float *step) { return times_of(x, width, step); }

GOBERT_VECTORS void quantize_int8(const float *x, int64_t width, int64_t depth, void *q, float *step) {
  quantize_row(x, width, depth, 0, static_cast<int8_t *>(q), step);
}

GOBERT_VECTORS void quantize_uint8(const float *x, int64_t width, int64_t depth, void *q, float *step) {
  quantize_row(x, width, depth, 128, static_cast<uint8_t *>(q), step);
}

GOBERT_VECTORS void gelu_rows(const float *x, int64_t x_stride, int64_t count, int64_t columns, float *y, int64_t y_stride) {
  for (int64_t r = 0; r < count; r++) {
    const float *from = x + r * x_stride;
    float *to = y + r * y_stride;
#pragma omp simd
    for (int64_t c = 0; c < columns; c++) to[c] = gelu(from[c]);
  }
}

GOBERT_VECTORS void add_row(float *sum, const int8_t *q, float scale, int64_t width) {
#pragma omp simd
  for (int64_t i = 0; i < width; i++) sum[i] = sum[i] + static_cast<float>(q[i]) * scale;
}

}  // namespace gobert::int8
