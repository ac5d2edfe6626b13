// The core for AVX2. Its instruction for products of bytes, vpmaddubsw, multiplies unsigned bytes by signed ones and adds two of the products
// up in 16 bits, where they need not fit: it would saturate, silently. With weights as the unsigned factor (128 added: 0 to 255) two products
// fit whatever the weights are, if the two activations add up to no more than 128 in either direction; those of opposite signs always do. Few
// neighbours of a real row are so large at once, since its largest number is 127. What such a pair has beyond 128 is taken off it, and
// multiplied by itself after the others. So sums are exact, and no byte has to be widened. That adds up in 32 bits, modulo 2^32 until the
// 128 times the sum of the row, which adding 128 to the weights brought in, is taken off.
#if defined(__x86_64__)
#include <immintrin.h>

#include "store.h"

#define GOBERT_AVX2 __attribute__((target("avx2")))

namespace gobert::int8 {
namespace {

constexpr int kRows = 5;    // with 16 outputs each they take 10 registers of 16
constexpr int kMost = 128;  // that a pair may add up to: 255 * 128 fits into 16 bits
constexpr int64_t kVector = 32;

// A Rest is what was taken off a group of activations.
struct Rest {
  int32_t group;
  int8_t x[kGroup];
};

// A Row is the head of a quantized row. Its activations follow, and then its rests, at most one for each group.
struct Row {
  int32_t shift, rests;  // -128 times the sum of the activations; how many

  int8_t *x() { return reinterpret_cast<int8_t *>(this + 1); }
  const int8_t *x() const { return reinterpret_cast<const int8_t *>(this + 1); }
  Rest *rest(int64_t depth) { return reinterpret_cast<Rest *>(x() + depth); }
  const Rest *rest(int64_t depth) const { return reinterpret_cast<const Rest *>(x() + depth); }
};

int64_t bytes(int64_t depth) { return sizeof(Row) + depth + depth / kGroup * sizeof(Rest); }

const Row &row_of(const Rows &rows, int64_t r) {
  return *reinterpret_cast<const Row *>(static_cast<const uint8_t *>(rows.q) + r * bytes(rows.depth));
}

// ease takes what is too much off the pairs of some groups.
void ease(Row &row, int64_t depth, int64_t group, int64_t end) {
  for (; group < end; group++) {
    Rest rest{static_cast<int32_t>(group), {}};
    bool any = false;
    for (int64_t i = 0; i < kGroup; i += 2) {
      int8_t *x = row.x() + group * kGroup + i;
      const int sum = x[0] + x[1], beyond = sum > kMost ? sum - kMost : sum < -kMost ? sum + kMost : 0;
      x[1] = static_cast<int8_t>(x[1] - beyond);
      rest.x[i + 1] = static_cast<int8_t>(beyond);
      any |= beyond != 0;
    }
    if (any) row.rest(depth)[row.rests++] = rest;
  }
}

// rounded_to gives 32 activations in eight bits.
GOBERT_AVX2 inline __m256i rounded_to(const float *x, __m256 times) {
  __m256i q[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + 8 * i), times));
  const __m256i packed = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
  return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));  // each half was packed by itself
}

GOBERT_AVX2 void quantize(const float *from, int64_t width, int64_t depth, void *q, float *step) {
  Row &row = *static_cast<Row *>(q);
  const float scale = times(from, width, step);
  row.rests = 0;
  __m256i sums = _mm256_setzero_si256();
  for (int64_t k = 0; k < depth; k += kVector) {
    float last[kVector] = {};  // where fewer are left
    const float *some = from + k;
    if (k + kVector > width || scale == 0) {
      if (scale != 0 && k < width) __builtin_memcpy(last, some, (width - k) * sizeof(float));
      some = last;
    }
    const __m256i x = rounded_to(some, _mm256_set1_ps(scale));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(row.x() + k), x);
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), x);
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    const __m256i beyond = _mm256_cmpgt_epi16(_mm256_abs_epi16(pairs), _mm256_set1_epi16(kMost));
    if (!_mm256_testz_si256(beyond, beyond)) ease(row, depth, k / kGroup, (k + kVector) / kGroup);
  }
  alignas(kVector) int32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i *>(lanes), sums);
  int32_t sum = 0;
  for (const int32_t lane : lanes) sum += lane;
  row.shift = -128 * sum;
}

// A Pair is the weights, or the sums, of 16 outputs.
struct Pair {
  __m256i low, high;
};

// weights_of gives those of a group of four inputs.
GOBERT_AVX2 inline Pair weights_of(const int8_t *w) {
  const __m256i *from = reinterpret_cast<const __m256i *>(w);
  const __m256i top = _mm256_set1_epi8(-128);
  return {_mm256_xor_si256(_mm256_loadu_si256(from), top), _mm256_xor_si256(_mm256_loadu_si256(from + 1), top)};
}

// add adds the products of four activations.
GOBERT_AVX2 inline void add(Pair &sum, const Pair &w, const int8_t *x) {
  int32_t four;
  __builtin_memcpy(&four, x, kGroup);
  const __m256i a = _mm256_set1_epi32(four), ones = _mm256_set1_epi16(1);
  sum.low = _mm256_add_epi32(sum.low, _mm256_madd_epi16(_mm256_maddubs_epi16(w.low, a), ones));
  sum.high = _mm256_add_epi32(sum.high, _mm256_madd_epi16(_mm256_maddubs_epi16(w.high, a), ones));
}

GOBERT_AVX2 inline void load(Pair &sum, const int32_t *from) {
  sum.low = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from));
  sum.high = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from) + 1);
}

GOBERT_AVX2 inline void store(const Pair &sum, int32_t *to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), sum.low);
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(to) + 1, sum.high);
}

using Sums = int32_t[kAtOnce * kLanes];

// tile multiplies R rows by a block.
template <int R>
GOBERT_AVX2 void tile(const Rows &rows, int64_t first, const int8_t *w, int64_t column, Sums *sums) {
  const int8_t *x = row_of(rows, first).x();
  const int64_t stride = bytes(rows.depth);
  Pair sum[R];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) sum[r].low = sum[r].high = _mm256_set1_epi32(row_of(rows, first + r).shift);
  for (int64_t k = 0; k < rows.depth; k += kGroup, w += kLanes * kGroup) {
    _mm_prefetch(reinterpret_cast<const char *>(w) + 1024, _MM_HINT_T0);
    const Pair weights = weights_of(w);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      add(sum[r], weights, x + r * stride + k);
      __asm__("" : "+x"(sum[r].low), "+x"(sum[r].high));  // one row after another: drawn together they would need more registers than there are
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) store(sum[r], sums[r] + column);
}

// add_rests adds the products of the rests of a row to the sums of B blocks.
template <int B>
GOBERT_AVX2 void add_rests(const Row &row, int64_t depth, const int8_t *w, int32_t *sums) {
  Pair sum[B];
#pragma GCC unroll 8
  for (int b = 0; b < B; b++) load(sum[b], sums + b * kLanes);
  const Rest *rest = row.rest(depth);
  for (const Rest *end = rest + row.rests; rest < end; rest++) {
#pragma GCC unroll 8
    for (int b = 0; b < B; b++) add(sum[b], weights_of(w + (b * depth + rest->group * kGroup) * kLanes), rest->x);
  }
#pragma GCC unroll 8
  for (int b = 0; b < B; b++) store(sum[b], sums + b * kLanes);
}

template <int R>
GOBERT_AVX2 void rows_of(const Rows &rows, int64_t first, const Blocks &b, float *out, int64_t stride) {
  static constexpr decltype(&add_rests<1>) rests_by[] = {nullptr, add_rests<1>, add_rests<2>, add_rests<3>};
  const int64_t blocks = rounded(b.columns, kLanes) / kLanes;
  Sums sums[R];
  for (int r = 0; r < R; r++)
    for (int64_t c = 0; c < b.columns; c += kLanes) __builtin_prefetch(out + (first + r) * stride + c, 1);
  for (int64_t i = 0; i < blocks; i++) tile<R>(rows, first, b.q + i * kLanes * rows.depth, i * kLanes, sums);
  for (int r = 0; r < R; r++) {
    const Row &row = row_of(rows, first + r);
    if (row.rests > 0) rests_by[blocks](row, rows.depth, b.q, sums[r]);
    for (int64_t i = 0; i < blocks; i++) store_row(sums[r] + i * kLanes, rows.step[first + r], b, i, out + (first + r) * stride);
  }
}

GOBERT_AVX2 void multiply(const Rows &rows, const Blocks &b, float *out, int64_t stride) {
  static constexpr decltype(&rows_of<1>) by[] = {nullptr, rows_of<1>, rows_of<2>, rows_of<3>, rows_of<4>, rows_of<5>};
  for (int64_t first = 0; first < rows.count;) {
    const int64_t left = rows.count - first, parts = (left + kRows - 1) / kRows, now = (left + parts - 1) / parts;
    by[now](rows, first, b, out, stride);
    first += now;
  }
}

}  // namespace

const Core avx2{"avx2", kRows, bytes, quantize, multiply};

}  // namespace gobert::int8
#endif
