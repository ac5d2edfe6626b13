// The core for any processor, and the plainest one.
#include "../kernels/targets.h"
#include "store.h"

namespace gobert::int8 {
namespace {

GOBERT_VECTORS void multiply(const Rows &rows, const Blocks &b, float *out, int64_t stride) {
  for (int64_t block = 0; block * kLanes < b.columns; block++) {
    const int8_t *w = b.q + block * kLanes * rows.depth;
    for (int64_t r = 0; r < rows.count; r++) {
      const int8_t *x = static_cast<const int8_t *>(rows.q) + r * rows.depth;
      int32_t sums[kLanes] = {};
      for (int64_t k = 0; k < rows.depth; k += kGroup)
        for (int64_t lane = 0; lane < kLanes; lane++)
          for (int64_t i = 0; i < kGroup; i++) sums[lane] += x[k + i] * w[k * kLanes + lane * kGroup + i];
      store_row(sums, rows.step[r], b, block, out + r * stride);
    }
  }
}

}  // namespace

const Core portable{"portable", 1, plain_bytes, quantize_int8, multiply};

}  // namespace gobert::int8
