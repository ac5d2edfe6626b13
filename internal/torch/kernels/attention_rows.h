// The row loops of attention; see attention.cpp.
#pragma once
#include <cstdint>

#include "philox.h"

namespace gobert {

// softmax_rows turns scores [T,T] into dropped probabilities in place. lse receives each row's log of the sum of
// exponentials; row0 is the number of the first row among all masks of the call.
void softmax_rows(float *scores, int64_t length, float *lse, const Dropout &dropout, uint64_t row0, float *factor);

// score_gradient_rows turns scores and the gradient of the dropped probabilities into: scores, the dropped probabilities
// again; gradient, the gradient of the scores.
void score_gradient_rows(float *scores, float *gradient, int64_t length, const float *lse, const Dropout &dropout, uint64_t row0,
                         float *factor);

}  // namespace gobert
