// exp in vector lanes, and the softmax loops built on it.
#pragma once
#include <cstdint>

#include "convert.h"

namespace gobert {

// fast_exp is e^x for x <= 0 with less than 2 units in the last place of error: 2^n times a polynomial on [-ln2/2, ln2/2]
// (coefficients by Cephes' expf). Below -87 it is 0 for a softmax's purposes.
GOBERT_INLINED float fast_exp(float x) {
  x = x < -87.0f ? -87.0f : x;
  const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float shifted = x * 1.44269504088896341f + magic;
  const float n = shifted - magic;
  float r = x - n * 0.693359375f;
  r -= n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  int32_t bits;
  memcpy(&bits, &shifted, 4);
  const int32_t exponent = (bits + 127) << 23;
  float power;
  memcpy(&power, &exponent, 4);
  return p * power;
}

}  // namespace gobert
