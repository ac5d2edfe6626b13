// Attention of generation.h, of panels_rows.h's parts: for the same includer, behind it.

namespace gobert::panels {
namespace {

// softmax_row turns a row of scores into probabilities; what lies behind the last score becomes 0.
GOBERT_INLINED void softmax_row(float *s, int64_t length, int64_t padded, float scale) {
  float most = s[0], total = 0;
#pragma omp simd reduction(max : most)
  for (int64_t i = 0; i < length; i++) most = s[i] > most ? s[i] : most;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < length; i++) {
    s[i] = fast_exp((s[i] - most) * scale);
    total += s[i];
  }
  const float inverse = 1.0f / total;
#pragma omp simd
  for (int64_t i = 0; i < length; i++) s[i] *= inverse;
  for (int64_t i = length; i < padded; i++) s[i] = 0;
}

constexpr int kNarrow = 2;  // vectors of attention's panels: heads are 32 or 64 wide
constexpr int64_t kColumns = kNarrow * LANES;
constexpr int64_t kBlock = 32;  // rows of scores at a time
constexpr int64_t kSquare = 8;  // rows and columns that are transposed at a time
constexpr int64_t kSoon = 8;    // how many rows ahead one is asked for: a head's part of them lies too far apart for the processor to guess

// ask asks memory for a row's numbers, which need not be there.
GOBERT_INLINED void ask(const float *x, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) __builtin_prefetch(x + i);
}

int64_t whole_panels(int64_t columns) { return (columns + kColumns - 1) / kColumns; }

int64_t attend_scratch(int64_t length, int64_t head) {
  const int64_t keys = whole_panels(length) * kColumns, values = whole_panels(head) * kColumns;
  return keys * head + values * length + kBlock * (keys + values);
}

typedef float Eight __attribute__((vector_size(kSquare * 4), aligned(4), may_alias));

#define GOBERT_MIX(a, b, ...) __builtin_shuffle(a, b, (Indices){__VA_ARGS__})

// square transposes 8 rows of 8 numbers.
GOBERT_INLINED void square(const float *from, int64_t from_stride, float *to, int64_t to_stride) {
  typedef int32_t Indices __attribute__((vector_size(kSquare * 4)));
  Eight x[kSquare], y[kSquare];
  for (int i = 0; i < kSquare; i++) x[i] = *reinterpret_cast<const Eight *>(from + i * from_stride);
  for (int i = 0; i < kSquare; i += 2) {
    y[i] = GOBERT_MIX(x[i], x[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    y[i + 1] = GOBERT_MIX(x[i], x[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < kSquare; i += 4)
    for (int j = 0; j < 2; j++) {
      x[i + 2 * j] = GOBERT_MIX(y[i + j], y[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      x[i + 2 * j + 1] = GOBERT_MIX(y[i + j], y[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < kSquare / 2; i++) {
    *reinterpret_cast<Eight *>(to + i * to_stride) = GOBERT_MIX(x[i], x[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *reinterpret_cast<Eight *>(to + (i + 4) * to_stride) = GOBERT_MIX(x[i], x[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// transpose makes [panels,head,kColumns] of k [length,head]; columns behind the last token are zeros.
GOBERT_INLINED void transpose(const float *k, int64_t stride, int64_t length, int64_t head, float *to) {
  const int64_t columns = whole_panels(length) * kColumns;
  for (int64_t token = 0; token < columns; token += kSquare, k += kSquare * stride) {
    float *panel = to + token / kColumns * head * kColumns + token % kColumns;
    const bool whole = token + kSquare <= length;
    for (int64_t t = 0; whole && t < kSquare; t++) ask(k + (kSquare + t) * stride, head);
    int64_t d = 0;
    for (; whole && d + kSquare <= head; d += kSquare) square(k + d, stride, panel + d * kColumns, kColumns);
    for (; d < head; d++)
      for (int64_t t = 0; t < kSquare; t++) panel[d * kColumns + t] = token + t < length ? k[t * stride + d] : 0;
  }
}

void attend(const float *q, const float *k, const float *v, int64_t stride, int64_t length, int64_t head, float scale, float *out,
            int64_t out_stride, float *scratch) {
  const int64_t key_panels = whole_panels(length), value_panels = whole_panels(head);
  const int64_t keys = key_panels * kColumns, values = value_panels * kColumns;
  float *key = scratch, *value = key + keys * head, *score = value + values * length, *result = score + kBlock * keys;
  transpose(k, stride, length, head, key);
  for (int64_t n = 0; n < value_panels; n++)  // [panels,length,kColumns] of v
    for (int64_t t = 0; t < length; t++) {
      const float *row = v + t * stride + n * kColumns;
      float *to = value + (n * length + t) * kColumns;
      ask(row + kSoon * stride, kColumns);
      if ((n + 1) * kColumns <= head) {
        for (int i = 0; i < kNarrow; i++) *reinterpret_cast<Vector *>(to + i * LANES) = *reinterpret_cast<const Vector *>(row + i * LANES);
        continue;
      }
      for (int64_t c = 0; c < kColumns; c++) to[c] = n * kColumns + c < head ? row[c] : 0;
    }
  for (int64_t from = 0; from < length; from += kBlock) {
    const int64_t rows = length - from < kBlock ? length - from : kBlock;
    for (int64_t n = 0; n < key_panels; n++)
      panel<kNarrow>(q + from * stride, stride, rows, head, key + n * head * kColumns, score + n * kColumns, keys, true, nullptr);
    for (int64_t r = 0; r < rows; r++) softmax_row(score + r * keys, length, keys, scale);
    for (int64_t n = 0; n < value_panels; n++)
      panel<kNarrow>(score, keys, rows, length, value + n * length * kColumns, result + n * kColumns, values, true, nullptr);
    for (int64_t r = 0; r < rows; r++)
      for (int64_t d = 0; d < head; d++) out[(from + r) * out_stride + d] = result[r * values + d];
  }
}

}  // namespace
}  // namespace gobert::panels
