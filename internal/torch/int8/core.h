// The innermost loops, one set for each generation of processors. They know neither LibTorch nor threads, and give the same bits.
#pragma once
#include <cstdint>

namespace gobert::int8 {

// A packed weight is blocks of 16 rows (outputs). Within one, groups of 4 inputs follow each other: [out/16][in/4][16][4]. That is how
// all cores read it, a group of all outputs at a time. Inputs are filled with zeros to a multiple of 64, a tile of AMX.
constexpr int64_t kLanes = 16, kGroup = 4, kTile = 64;

constexpr int64_t rounded(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// Rows are quantized activations, a step of its own for each row. What a row looks like is up to the core.
struct Rows {
  const void *q;  // count rows, in memory for 16 at least
  const float *step;
  int64_t count, depth;
};

// Blocks are neighbouring blocks of a packed weight, at most kAtOnce of them, and where their outputs go.
struct Blocks {
  const int8_t *q;
  const int32_t *shift;
  const float *scale, *bias;  // bias may be null
  int64_t columns;            // outputs that there are: the last block may have fewer than 16
};
constexpr int64_t kAtOnce = 3;

// A Core multiplies. y is out[r * stride + c] = q.w * (step[r] * scale[c]) + bias[c], each operation rounded by itself.
struct Core {
  const char *name;
  int64_t rows;                     // that it takes at a time
  int64_t (*bytes)(int64_t depth);  // of a quantized row
  void (*quantize)(const float *x, int64_t width, int64_t depth, void *q, float *step);
  void (*multiply)(const Rows &rows, const Blocks &blocks, float *out, int64_t stride);
};

extern const Core portable, amx_shim;
#if defined(__x86_64__)
extern const Core avx2, vnni, amx;
bool has_amx();  // and may use it: the system is asked for the room that tiles take
#endif

// quantize_* are plain forms of a quantized row, a byte a number: int8, and the same as uint8 with 128 added; see rows.cpp.
void quantize_int8(const float *x, int64_t width, int64_t depth, void *q, float *step);
void quantize_uint8(const float *x, int64_t width, int64_t depth, void *q, float *step);
constexpr int64_t plain_bytes(int64_t depth) { return depth; }

// times is what a row is multiplied by before it is rounded, 0 where it holds NaN or infinity.
float times(const float *x, int64_t width, float *step);

// gelu_rows writes GELU (by erf) of count rows; both sides have a stride.
void gelu_rows(const float *x, int64_t x_stride, int64_t count, int64_t columns, float *y, int64_t y_stride);

// add_row adds scale * q to a row.
void add_row(float *sum, const int8_t *q, float scale, int64_t width);

// pack_block packs 16 rows (fewer: the others are zeros) of width numbers; sums receives -128 times the sum of each. unpack_row is the way back
// for one of them, which it gives.
void pack_block(const int8_t *rows, int64_t count, int64_t width, int64_t depth, int8_t *block, int32_t *sums);
const int8_t *unpack_row(const int8_t *block, int64_t lane, int64_t width, int8_t *row);

}  // namespace gobert::int8
