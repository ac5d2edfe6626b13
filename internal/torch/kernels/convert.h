// Rows of fp32 or bfloat16 as fp32: the kernels compute in fp32 and store in the tensor's type.
#pragma once
#include <cstdint>
#include <cstring>

#include "targets.h"

namespace gobert {

using bf16 = uint16_t;

GOBERT_INLINED float widen(bf16 x) {
  uint32_t bits = static_cast<uint32_t>(x) << 16;
  float f;
  memcpy(&f, &bits, 4);
  return f;
}

GOBERT_INLINED float widen(float x) { return x; }

GOBERT_INLINED void narrow(float x, float &out) { out = x; }

// Rounds to nearest, ties to even; a NaN stays one.
GOBERT_INLINED void narrow(float x, bf16 &out) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  const uint32_t rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  out = static_cast<bf16>(x != x ? 0x7FC0 : rounded);
}

}  // namespace gobert
