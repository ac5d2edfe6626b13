// The order in which weights are multiplied: see core.h.
#include <cstring>

#include "core.h"

namespace gobert::int8 {

void pack_block(const int8_t *rows, int64_t count, int64_t width, int64_t depth, int8_t *block, int32_t *sums) {
  const int64_t whole = width / kGroup;
  for (int64_t lane = 0; lane < kLanes; lane++) {
    int8_t *to = block + lane * kGroup;
    const int8_t *from = rows + lane * width;
    int32_t sum = 0;
    const int64_t groups = lane < count ? whole : 0;
    for (int64_t g = 0; g < groups; g++) memcpy(to + g * kLanes * kGroup, from + g * kGroup, kGroup);
    for (int64_t g = groups; g < depth / kGroup; g++) memset(to + g * kLanes * kGroup, 0, kGroup);
    if (lane < count) {
      if (whole * kGroup < width) memcpy(to + whole * kLanes * kGroup, from + whole * kGroup, width - whole * kGroup);
      for (int64_t i = 0; i < width; i++) sum += from[i];
    }
    if (sums) sums[lane] = -128 * sum;
  }
}

void unpack_block(const int8_t *block, int64_t count, int64_t width, int8_t *rows) {
  for (int64_t lane = 0; lane < count; lane++)
    for (int64_t i = 0; i < width; i++) rows[lane * width + i] = block[(i / kGroup * kLanes + lane) * kGroup + i % kGroup];
}

}  // namespace gobert::int8
