// The row loops of generation.h for one generation of vector units: LANES floats in a vector, ROWS rows at a time, TALL where a panel has
// fewer vectors. The includer has chosen the target; nothing here calls a function that other units share, which the linker might take from
// here for a processor without it.

namespace gobert::panels {
namespace {

typedef float Vector __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

constexpr int kVectors = 3;  // of a weight's panel: with ROWS rows the sums fill the registers

// Ahead is the memory that comes next. It is asked for bit by bit while rows pass, so that it is near when its turn comes: for few rows
// weights come from far away, and the processor by itself looks too short a way ahead.
struct Ahead {
  const char *at;
  int64_t pace;  // bytes for each number of a row
};

// step multiplies R rows by V vectors of a panel: c [R,V*LANES] = a [R,k] b. k is the outermost loop of each element's sum, whatever R is.
template <int R, int V>
GOBERT_INLINED void step(const float *a, int64_t a_stride, int64_t k, const float *b, float *c, int64_t c_stride, bool first, Ahead &next) {
  Vector sum[R][V];
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) sum[r][v] = first ? Vector{} : *reinterpret_cast<const Vector *>(c + r * c_stride + v * LANES);
  const Ahead now = next;
#pragma GCC unroll 4
  for (int64_t i = 0; i < k; i++) {
    if (V == kVectors) __builtin_prefetch(now.at + i * now.pace);
    Vector column[V];
    for (int v = 0; v < V; v++) column[v] = *reinterpret_cast<const Vector *>(b + (i * V + v) * LANES);
    for (int r = 0; r < R; r++) {
      const Vector x = (Vector)BROADCAST(a + r * a_stride + i);
      for (int v = 0; v < V; v++) sum[r][v] += x * column[v];
    }
  }
  next.at += k * now.pace;
  for (int r = 0; r < R; r++)
    for (int v = 0; v < V; v++) *reinterpret_cast<Vector *>(c + r * c_stride + v * LANES) = sum[r][v];
}

// panel multiplies any number of rows by one panel; after is where the next one begins.
template <int V>
GOBERT_INLINED void panel(const float *a, int64_t a_stride, int64_t rows, int64_t k, const float *b, float *c, int64_t c_stride, bool first,
                          const float *after) {
  constexpr int kRows = V == kVectors ? ROWS : TALL;
  Ahead next{reinterpret_cast<const char *>(after), V * LANES * 4 * kRows / (rows + kRows - 1)};
  int64_t r = 0;
  for (; r + kRows <= rows; r += kRows) step<kRows, V>(a + r * a_stride, a_stride, k, b, c + r * c_stride, c_stride, first, next);
  if (kRows > 4 && r + 4 <= rows) {
    step<4, V>(a + r * a_stride, a_stride, k, b, c + r * c_stride, c_stride, first, next);
    r += 4;
  }
  switch (rows - r) {
    case 3: return step<3, V>(a + r * a_stride, a_stride, k, b, c + r * c_stride, c_stride, first, next);
    case 2: return step<2, V>(a + r * a_stride, a_stride, k, b, c + r * c_stride, c_stride, first, next);
    case 1: return step<1, V>(a + r * a_stride, a_stride, k, b, c + r * c_stride, c_stride, first, next);
  }
}

constexpr int64_t kWidth = kVectors * LANES;
constexpr int64_t kDepth = 1024;  // of a panel that stays in the second-level cache while all rows pass

// The activations choose between values that are there, and compute nothing in one case alone: else the compiler makes no vectors of them.

GOBERT_INLINED float size_of(float x) { return __builtin_fabsf(x); }

// gelu is x * Phi(x), by erfc(z) = t P(t) e^(-z^2), t = 1/(1+cz), whose P was fitted to 2e-8.
GOBERT_INLINED float gelu(float x) {
  const float z = size_of(x) * 0.70710678f, t = 1.0f / (1.0f + 0.38f * z);
  float p = 0.05887725204229355f;
  p = p * t - 0.26182273030281067f;
  p = p * t + 0.36286070942878723f;
  p = p * t - 0.1602438986301422f;
  p = p * t + 0.2291293740272522f;
  p = p * t + 0.1390591561794281f;
  p = p * t + 0.20379382371902466f;
  p = p * t + 0.2139364331960678f;
  p = p * t + 0.21440987288951874f;
  return (x > 0 ? x : 0) - 0.5f * size_of(x) * (p * t * fast_exp(-z * z));
}

GOBERT_INLINED float tanh_of(float x) {
  const float e = fast_exp(-2 * size_of(x));
  return __builtin_copysignf((1 - e) / (1 + e), x);
}

// sigmoid_times is x / (1 + e^-x).
GOBERT_INLINED float sigmoid_times(float x) {
  const float e = fast_exp(-size_of(x));
  return x * (x < 0 ? e : 1.0f) / (1 + e);
}

template <typename F>
GOBERT_INLINED void finish_row(float *x, int64_t columns, const float *bias, const float *residual, float *out, F activation) {
  if (bias) {
#pragma omp simd
    for (int64_t i = 0; i < columns; i++) x[i] += bias[i];
  }
#pragma omp simd
  for (int64_t i = 0; i < columns; i++) x[i] = activation(x[i]);
  if (residual) {
#pragma omp simd
    for (int64_t i = 0; i < columns; i++) out[i] = x[i] + residual[i];
  } else {
#pragma omp simd
    for (int64_t i = 0; i < columns; i++) out[i] = x[i];
  }
}

#define GOBERT_FUNCTION(expression) [](float x) __attribute__((always_inline)) { return expression; }

void finish_rows(float *scratch, int64_t rows, int64_t stride, int64_t columns, const Finish &f) {
  for (int64_t r = 0; r < rows; r++) {
    float *x = scratch + r * stride, *out = f.out + r * f.stride;
    const float *residual = f.residual ? f.residual + r * f.stride : nullptr;
    switch (f.activation) {
      case Activation::none: finish_row(x, columns, f.bias, residual, out, GOBERT_FUNCTION(x)); break;
      case Activation::gelu: finish_row(x, columns, f.bias, residual, out, GOBERT_FUNCTION(gelu(x))); break;
      case Activation::gelu_tanh:
        finish_row(x, columns, f.bias, residual, out, GOBERT_FUNCTION(0.5f * x * (1 + tanh_of(0.79788456f * (x + 0.044715f * x * x * x)))));
        break;
      case Activation::relu: finish_row(x, columns, f.bias, residual, out, GOBERT_FUNCTION(x < 0 ? 0 : x)); break;
      case Activation::silu: finish_row(x, columns, f.bias, residual, out, GOBERT_FUNCTION(sigmoid_times(x))); break;
      case Activation::tanh: finish_row(x, columns, f.bias, residual, out, GOBERT_FUNCTION(tanh_of(x))); break;
    }
  }
}

void product(const float *a, int64_t a_stride, int64_t rows, int64_t k, const float *weight, int64_t panels, int64_t columns, float *scratch,
             const Finish &finish, const Low *lows, int64_t low_count) {
  const int64_t stride = panels * kWidth;
  for (int64_t from = 0; from < k; from += kDepth) {
    const int64_t depth = k - from < kDepth ? k - from : kDepth;
    for (int64_t n = 0; n < panels; n++)
      panel<kVectors>(a + from, a_stride, rows, depth, weight + (n * k + from) * kWidth, scratch + n * kWidth, stride, from == 0,
                      weight + ((n + 1) * k + from) * kWidth);
  }
  for (const Low *l = lows; l < lows + low_count; l++) {
    const int64_t first = l->from < 0 ? 0 : l->from, behind = l->to < rows ? l->to : rows;
    const int64_t left = l->panel < 0 ? 0 : l->panel, right = l->panel + l->panels < panels ? l->panel + l->panels : panels;
    if (first >= behind) continue;
    for (int64_t n = left; n < right; n++) {
      const float *own = l->weight + (n - l->panel) * l->k * kWidth;
      panel<kVectors>(l->a + (first - l->from) * l->a_stride, l->a_stride, behind - first, l->k, own, scratch + first * stride + n * kWidth, stride,
                      false, own + l->k * kWidth);
    }
  }
  finish_rows(scratch, rows, stride, columns, finish);
}

}  // namespace
}  // namespace gobert::panels
