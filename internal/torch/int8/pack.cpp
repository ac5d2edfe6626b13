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
    sums[lane] = -128 * sum;
  }
}

const int8_t *unpack_row(const int8_t *block, int64_t lane, int64_t width, int8_t *row) {
  const int8_t *from = block + lane * kGroup;
  const int64_t whole = width / kGroup * kGroup;
  for (int64_t i = 0; i < whole; i += kGroup) memcpy(row + i, from + i * kLanes, kGroup);
  memcpy(row + whole, from + whole * kLanes, width - whole);
  return row;
}

}  // namespace gobert::int8
