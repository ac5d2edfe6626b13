// The feed-forward net's activation with the bias of the product in front of it: gelu(x + added), by the error function, and
// its gradient, which also gives that bias' gradient.
#include "columns.cuh"

// Normal is the standard normal distribution at a point: its cumulative share and its density.
struct Normal {
  float share, density;
};

// normal needs one exponential and one division for both. The tail is a polynomial in 1/(1 + p|z|) times exp(-z^2), with less
// than 1.5e-7 of absolute error (Abramowitz and Stegun 1964, formula 7.1.26); taking the tail itself on the negative side
// loses nothing to cancellation there.
INLINED Normal normal(float x) {
  const float z = fabsf(x) * 0.70710678118654752f;
  const float bell = expf(-z * z);
  const float t = __fdividef(1.0f, 1.0f + 0.3275911f * z);
  const float tail = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f)))) * bell;
  return {x < 0 ? 0.5f * tail : 1.0f - 0.5f * tail, 0.39894228040143268f * bell};
}

template <class T>
INLINED void gelu_forward(const GeluForward &a) {
  const u32 column = column_of_lane();
  float added[kVector] = {};
  if (a.added) take(a.added, column, a.width, added);
  const RowsOfColumn rows = rows_of_column(a.rows);
  for (i64 row = rows.first; row < rows.last; row += rows.step) {
    float x[kVector];
    take((const T *)a.x + row * a.width, column, a.width, x);
#pragma unroll
    for (int i = 0; i < kVector; i++) {
      x[i] = x[i] + added[i];
      x[i] *= normal(x[i]).share;
    }
    put((T *)a.out + row * a.width, column, a.width, x);
  }
}

template <class T>
INLINED void gelu_backward(const GeluBackward &a) {
  __shared__ float scratch[kLanes * kVector];
  const u32 column = column_of_lane();
  float added[kVector] = {}, dadded[1][kVector] = {};
  if (a.added) take(a.added, column, a.width, added);
  const RowsOfColumn rows = rows_of_column(a.rows);
  for (i64 row = rows.first; row < rows.last; row += rows.step) {
    float x[kVector], d[kVector];
    take((const T *)a.x + row * a.width, column, a.width, x);
    take((const T *)a.dy + row * a.width, column, a.width, d);
#pragma unroll
    for (int i = 0; i < kVector; i++) {
      x[i] += added[i];
      const Normal at = normal(x[i]);
      d[i] *= at.share + x[i] * at.density;
      dadded[0][i] += d[i];
    }
    put((T *)a.dx + row * a.width, column, a.width, d);
  }
  gather_block(dadded, scratch, a.part, a.width);
}

#define GELU(suffix, T)                                                                       \
  GOBERT_KERNEL(gelu_forward_##suffix, kColumnThreads, GeluForward, gelu_forward<T>)   \
  GOBERT_KERNEL(gelu_backward_##suffix, kColumnThreads, GeluBackward, gelu_backward<T>)
GOBERT_EACH_TYPE(GELU)
