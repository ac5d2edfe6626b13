// The core for AVX-512 with VNNI: vpdpbusd adds four products of bytes to 32 bits, one factor unsigned. Activations are shifted by 128
// for it, and the sums begin with what that adds, taken away.
#if defined(__x86_64__)
#include <immintrin.h>

#include "store.h"

#define GOBERT_VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

namespace gobert::int8 {
namespace {

constexpr int kRows = 8;  // with three blocks they take 24 registers of 32

// tile multiplies R rows by B blocks, and writes what comes of it.
template <int R, int B>
GOBERT_VNNI inline void tile(const Rows &rows, int64_t first, const Blocks &b, float *out, int64_t stride) {
  const uint8_t *x = static_cast<const uint8_t *>(rows.q) + first * rows.depth;
  const int64_t depth = rows.depth;
  const int8_t *w = b.q;
  __m512i sum[R][B];
#pragma GCC unroll 8
  for (int j = 0; j < B; j++) {
    const __m512i shift = _mm512_loadu_si512(b.shift + j * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) sum[r][j] = shift;
  }
  for (int64_t k = 0; k < depth; k += kGroup, w += kLanes * kGroup) {
    __m512i weight[B];
#pragma GCC unroll 8
    for (int j = 0; j < B; j++) {
      weight[j] = _mm512_loadu_si512(w + j * kLanes * depth);
      _mm_prefetch(reinterpret_cast<const char *>(w + j * kLanes * depth) + 1024, _MM_HINT_T0);
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      int32_t four;
      __builtin_memcpy(&four, x + r * depth + k, 4);
      const __m512i a = _mm512_set1_epi32(four);
#pragma GCC unroll 8
      for (int j = 0; j < B; j++) sum[r][j] = _mm512_dpbusd_epi32(sum[r][j], a, weight[j]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++)
#pragma GCC unroll 8
    for (int j = 0; j < B; j++) {
      alignas(64) int32_t sums[kLanes];
      _mm512_store_si512(sums, sum[r][j]);
      store_row(sums, rows.step[first + r], b, j, out + (first + r) * stride);
    }
}

template <int B>
GOBERT_VNNI void blocks_of(const Rows &rows, const Blocks &b, float *out, int64_t stride) {
  static constexpr decltype(&tile<1, B>) by[] = {nullptr,    tile<1, B>, tile<2, B>, tile<3, B>, tile<4, B>,
                                                 tile<5, B>, tile<6, B>, tile<7, B>, tile<8, B>};
  for (int64_t first = 0; first < rows.count;) {
    const int64_t left = rows.count - first, parts = (left + kRows - 1) / kRows, now = (left + parts - 1) / parts;
    by[now](rows, first, b, out, stride);
    first += now;
  }
}

GOBERT_VNNI void multiply(const Rows &rows, const Blocks &b, float *out, int64_t stride) {
  switch ((b.columns + kLanes - 1) / kLanes) {
    case 1: return blocks_of<1>(rows, b, out, stride);
    case 2: return blocks_of<2>(rows, b, out, stride);
    default: return blocks_of<3>(rows, b, out, stride);
  }
}

}  // namespace

const Core vnni{"vnni", kRows, plain_bytes, quantize_uint8, multiply};

}  // namespace gobert::int8
#endif
