// The row loops of inference, compiled for each generation of vector units; see panels.h.
#pragma once
#include <cstdint>

namespace gobert::panels {

enum class Activation { none, gelu, gelu_tanh, relu, silu, tanh };

// Finish is what is done to a product's rows on their way out: activation(row + bias) + residual.
struct Finish {
  const float *bias, *residual;  // of as many columns as the product; null for none
  float *out;
  int64_t stride;  // of out and residual
  Activation activation;
};

// Low is a second product, which some rows of a product get before they are finished: those from row `from` up to `to`, in panels from `panel` on.
struct Low {
  const float *a;  // [to-from,k], rows of a stride
  int64_t a_stride, k, from, to;
  const float *weight;  // [panels,k,width]
  int64_t panel, panels;
};

// Generation is the row loops, compiled for a generation of vector units.
struct Generation {
  int64_t width;  // columns of a panel
  // product fills scratch [rows, panels*width] with rows of a times panels, adds what there is of the lows, whose rows and panels count from where
  // the product begins, and gives columns of that to finish.
  void (*product)(const float *a, int64_t a_stride, int64_t rows, int64_t k, const float *weight, int64_t panels, int64_t columns, float *scratch,
                  const Finish &finish, const Low *lows, int64_t low_count);
  // attend is softmax(q k^T scale) v for one head of one sequence; q, k and v have rows of a stride.
  void (*attend)(const float *q, const float *k, const float *v, int64_t stride, int64_t length, int64_t head, float scale, float *out,
                 int64_t out_stride, float *scratch);
  int64_t (*attend_scratch)(int64_t length, int64_t head);  // floats
};

#if defined(__x86_64__)
extern const Generation avx2, avx512;
#endif

}  // namespace gobert::panels
