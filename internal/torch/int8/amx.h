// The core for AMX over whatever has its tiles: registers, or what stands in for them in tests (amx_shim.cpp). A tile is 16 rows of 64
// bytes; a product of two adds 16 x 16 sums of 64 products up.
#pragma once
#include <cstring>

#include "store.h"

namespace gobert::int8 {

// Shape is what ldtilecfg reads: eight tiles of 16 rows of 64 bytes.
struct alignas(64) Shape {
  uint8_t palette = 1, start = 0, reserved[14] = {};
  uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// multiply_tiles multiplies 32 rows by 2 blocks at a time: tiles 0 to 3 collect sums, 4 and 5 hold rows, 6 and 7 weights. The last tile of
// rows begins early enough to be whole; where there are fewer than 16, what lies behind them is read, and what comes of it left.
template <typename Tiles>
GOBERT_TILES void multiply_tiles(const Rows &rows, const Blocks &b, float *out, int64_t stride) {
  constexpr int64_t kRows = 16;
  const int64_t depth = rows.depth, blocks = (b.columns + kLanes - 1) / kLanes, last = rows.count > kRows ? rows.count - kRows : 0;
  const uint8_t *x = static_cast<const uint8_t *>(rows.q);
  int32_t sums[4][kRows][kLanes];
  const Shape shape;
  Tiles::begin(shape);
  for (int64_t block = 0; block < blocks; block += 2) {
    const bool beside = block + 1 < blocks;
    const int8_t *left = b.q + block * kLanes * depth, *right = beside ? left + kLanes * depth : left;
    for (int64_t row = 0; row < rows.count; row += 2 * kRows) {
      const bool below = row + kRows < rows.count;
      const int64_t first = row < last ? row : last, second = row + kRows < last ? row + kRows : last;
      Tiles::template zero<0>(), Tiles::template zero<1>(), Tiles::template zero<2>(), Tiles::template zero<3>();
      for (int64_t k = 0; k < depth; k += kTile) {
        Tiles::template load<4>(x + first * depth + k, depth);
        Tiles::template load<6>(left + k * kLanes, kTile);
        Tiles::template dot<0, 4, 6>();
        if (beside) {
          Tiles::template load<7>(right + k * kLanes, kTile);
          Tiles::template dot<1, 4, 7>();
        }
        if (!below) continue;
        Tiles::template load<5>(x + second * depth + k, depth);
        Tiles::template dot<2, 5, 6>();
        if (beside) Tiles::template dot<3, 5, 7>();
      }
      Tiles::template store<0>(sums[0]), Tiles::template store<1>(sums[1]), Tiles::template store<2>(sums[2]), Tiles::template store<3>(sums[3]);
      for (int t = 0; t < 4; t++) {
        if ((t % 2 && !beside) || (t / 2 && !below)) continue;
        const int64_t at = t / 2 ? second : first, column = block + t % 2;
        for (int64_t r = 0; r < kRows && at + r < rows.count; r++) {
          for (int64_t c = 0; c < kLanes; c++) sums[t][r][c] = static_cast<int32_t>(static_cast<uint32_t>(sums[t][r][c]) + b.shift[column * kLanes + c]);
          store_row(sums[t][r], rows.step[at + r], b, column, out + (at + r) * stride);
        }
      }
    }
  }
  Tiles::end();
}

}  // namespace gobert::int8
