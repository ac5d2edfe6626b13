#include "attention_rows.h"

#include <cmath>

#include "softmax_rows.h"

namespace gobert {

GOBERT_VECTORS void softmax_rows(float *scores, int64_t length, float *lse, const Dropout &dropout, uint64_t row0, float *factor) {
  for (int64_t r = 0; r < length; r++) {
    float *s = scores + r * length;
    float most = -INFINITY, total = 0;
#pragma omp simd reduction(max : most)
    for (int64_t i = 0; i < length; i++) most = s[i] > most ? s[i] : most;
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < length; i++) {
      s[i] = fast_exp(s[i] - most);
      total += s[i];
    }
    const float inverse = 1.0f / total;
    if (lse) lse[r] = most + std::log(total);
    if (dropout.on()) {
      dropout_row(dropout, row0 + r, length, factor);
#pragma omp simd
      for (int64_t i = 0; i < length; i++) s[i] *= inverse * factor[i];
    } else {
#pragma omp simd
      for (int64_t i = 0; i < length; i++) s[i] *= inverse;
    }
  }
}

// score_gradient turns one row, whose dropout factors (or null) are known. delta, the sum of p dp, is taken from the very
// numbers it is subtracted from, so that a row of one token has a gradient of exactly 0.
GOBERT_INLINED void score_gradient(float *s, float *g, int64_t length, float shift, const float *factor) {
  float delta = 0;
  if (factor) {
#pragma omp simd
    for (int64_t i = 0; i < length; i++) g[i] *= factor[i];
  }
#pragma omp simd reduction(+ : delta)
  for (int64_t i = 0; i < length; i++) {
    s[i] = fast_exp(s[i] - shift);
    delta += s[i] * g[i];
  }
#pragma omp simd
  for (int64_t i = 0; i < length; i++) g[i] = s[i] * (g[i] - delta);
  if (factor) {
#pragma omp simd
    for (int64_t i = 0; i < length; i++) s[i] *= factor[i];
  }
}

GOBERT_VECTORS void score_gradient_rows(float *scores, float *gradient, int64_t length, const float *lse, const Dropout &dropout,
                                        uint64_t row0, float *factor) {
  for (int64_t r = 0; r < length; r++) {
    if (dropout.on()) dropout_row(dropout, row0 + r, length, factor);
    score_gradient(scores + r * length, gradient + r * length, length, lse[r], dropout.on() ? factor : nullptr);
  }
}

}  // namespace gobert
