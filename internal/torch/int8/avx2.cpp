// The core for AVX2. Its instruction for products of bytes, vpmaddubsw, adds two of them up in 16 bits, where 2 * 255 * 127 does not
// fit: it would saturate, silently. So bytes are widened to 16 bits, weights as they are loaded (once for six rows) and activations when
// they are quantized, and vpmaddwd adds up in 32 bits: as many instructions as with vpmaddubsw of |x| and sign(w, x), which is exact
// too, and all eight bits of both factors count.
#if defined(__x86_64__)
#include <immintrin.h>

#include "store.h"

#define GOBERT_AVX2 __attribute__((target("avx2")))

namespace gobert::int8 {
namespace {

constexpr int kRows = 6;  // with 8 outputs each they take 12 registers of 16

// tile multiplies R rows by half of a block: the products of a group of four inputs lie side by side in pairs until the end.
template <int R>
GOBERT_AVX2 inline void tile(const int16_t *x, int64_t depth, const int8_t *w, int32_t (*sums)[kLanes]) {
  __m256i low[R], high[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) low[r] = high[r] = _mm256_setzero_si256();
  for (int64_t k = 0; k < depth; k += kGroup, w += kLanes * kGroup) {
    _mm_prefetch(reinterpret_cast<const char *>(w) + 1024, _MM_HINT_T0);
    const __m256i first = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(w)));
    const __m256i second = _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i *>(w + 16)));
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      long long four;
      __builtin_memcpy(&four, x + r * depth + k, 8);
      const __m256i a = _mm256_set1_epi64x(four);
      low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(a, first));
      high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(a, second));
      __asm__("" : "+x"(low[r]), "+x"(high[r]));  // one row after another: drawn together they would need more registers than there are
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
    const __m256i paired = _mm256_permute4x64_epi64(_mm256_hadd_epi32(low[r], high[r]), 0xD8);
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(sums[r]), paired);
  }
}

template <int R>
GOBERT_AVX2 void rows_of(const Rows &rows, int64_t first, const Blocks &b, float *out, int64_t stride) {
  const int16_t *x = static_cast<const int16_t *>(rows.q) + first * rows.depth;
  for (int64_t block = 0; block * kLanes < b.columns; block++) {
    const int8_t *w = b.q + block * kLanes * rows.depth;
    int32_t sums[R][kLanes];
    tile<R>(x, rows.depth, w, sums);
    tile<R>(x, rows.depth, w + kLanes * kGroup / 2, reinterpret_cast<int32_t(*)[kLanes]>(&sums[0][kLanes / 2]));
    for (int r = 0; r < R; r++) store_row(sums[r], rows.step[first + r], b, block, out + (first + r) * stride);
  }
}

GOBERT_AVX2 void multiply(const Rows &rows, const Blocks &b, float *out, int64_t stride) {
  static constexpr decltype(&rows_of<1>) by[] = {nullptr, rows_of<1>, rows_of<2>, rows_of<3>, rows_of<4>, rows_of<5>, rows_of<6>};
  for (int64_t first = 0; first < rows.count;) {
    const int64_t left = rows.count - first, parts = (left + kRows - 1) / kRows, now = (left + parts - 1) / parts;
    by[now](rows, first, b, out, stride);
    first += now;
  }
}

}  // namespace

const Core avx2{"avx2", 2, kRows, quantize_int16, multiply};

}  // namespace gobert::int8
#endif
