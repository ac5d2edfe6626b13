// What stands in for AMX's registers on machines without them, so that tests run the core that uses them: see amx.h. Sizes and the order
// of bytes are those of the instructions' description (Intel's manual, volume 2: TILELOADD, TDPBUSD, TILESTORED).
#define GOBERT_TILES
#include "amx.h"

namespace gobert::int8 {
namespace {

struct Memory {
  static inline thread_local uint8_t tile[8][16][64];
  static inline thread_local bool on;

  static void begin(const Shape &s) {
    on = s.palette == 1;
    for (int t = 0; t < 8; t++) on = on && s.bytes[t] == 64 && s.rows[t] == 16;
  }
  static void end() { on = false; }
  template <int T>
  static void zero() { memset(tile[T], on ? 0 : 0x55, sizeof tile[T]); }
  template <int T>
  static void load(const void *from, int64_t stride) {
    for (int r = 0; r < 16; r++) memcpy(tile[T][r], static_cast<const uint8_t *>(from) + r * stride, 64);
  }
  template <int T>
  static void store(int32_t (*to)[kLanes]) { memcpy(to, tile[T], sizeof tile[T]); }
  template <int T, int A, int B>
  static void dot() {
    for (int m = 0; m < 16; m++)
      for (int n = 0; n < 16; n++) {
        uint32_t sum;
        memcpy(&sum, tile[T][m] + 4 * n, 4);
        for (int k = 0; k < 16; k++)
          for (int i = 0; i < 4; i++) sum += tile[A][m][4 * k + i] * static_cast<int8_t>(tile[B][k][4 * n + i]);
        memcpy(tile[T][m] + 4 * n, &sum, 4);
      }
  }
};

}  // namespace

const Core amx_shim{"amx-shim", 32, plain_bytes, quantize_uint8, multiply_tiles<Memory>};

}  // namespace gobert::int8
