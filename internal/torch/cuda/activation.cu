// An activation with the bias of the product in front of it: f(x + added), and its gradient, which also gives that bias' gradient.
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

// Point is an activation's value and its slope there.
struct Point {
  float value, slope;
};

struct Gelu {};
struct GeluNew {};
struct Relu {};
struct Tanh {};

// By the error function, as BERT has it.
INLINED Point at(Gelu, float x) {
  const Normal n = normal(x);
  return {x * n.share, n.share + x * n.density};
}

// By the hyperbolic tangent, as GPT has it.
INLINED Point at(GeluNew, float x) {
  constexpr float kScale = 0.79788456080286536f, kCube = 0.044715f;
  const float t = tanhf(kScale * (x + kCube * x * x * x));
  return {0.5f * x * (1.0f + t), 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * kScale * (1.0f + 3.0f * kCube * x * x)};
}

// A NaN stays one.
INLINED Point at(Relu, float x) { return {x <= 0 ? 0.0f : x, x <= 0 ? 0.0f : 1.0f}; }

INLINED Point at(Tanh, float x) {
  const float t = tanhf(x);
  return {t, 1.0f - t * t};
}

template <class T, class F>
INLINED void activation_forward(const ActivationForward &a) {
  const u32 column = column_of_lane();
  float added[kVector] = {};
  if (a.added) take(a.added, column, a.width, added);
  const RowsOfColumn rows = rows_of_column(a.rows);
  for (i64 row = rows.first; row < rows.last; row += rows.step) {
    float x[kVector];
    take((const T *)a.x + row * a.width, column, a.width, x);
#pragma unroll
    for (int i = 0; i < kVector; i++) x[i] = at(F{}, x[i] + added[i]).value;
    put((T *)a.out + row * a.width, column, a.width, x);
  }
}

template <class T, class F>
INLINED void activation_backward(const ActivationBackward &a) {
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
      d[i] *= at(F{}, x[i] + added[i]).slope;
      dadded[0][i] += d[i];
    }
    put((T *)a.dx + row * a.width, column, a.width, d);
  }
  gather_block(dadded, scratch, a.part, a.width);
}

#define ACTIVATION(name, F, suffix, T)                                                                       \
  GOBERT_KERNEL(name##_forward_##suffix, kColumnThreads, ActivationForward, activation_forward<T, F>)    \
  GOBERT_KERNEL(name##_backward_##suffix, kColumnThreads, ActivationBackward, activation_backward<T, F>)
#define ACTIVATIONS(suffix, T)         \
  ACTIVATION(gelu, Gelu, suffix, T)        \
  ACTIVATION(gelu_new, GeluNew, suffix, T) \
  ACTIVATION(relu, Relu, suffix, T)        \
  ACTIVATION(tanh, Tanh, suffix, T)
GOBERT_EACH_TYPE(ACTIVATIONS)
