// Work on matrices by columns: a block takes 256 columns and a band of rows, so that sums over rows stay in registers. grid.x
// counts the columns, grid.y the bands.
#pragma once
#include "warp.cuh"

constexpr int kColumnThreads = 256;
constexpr u32 kColumnsOfBlock = kLanes * kVector;

// column_of_lane is the first of this lane's 8 columns.
INLINED u32 column_of_lane() { return blockIdx.x * kColumnsOfBlock + lane() * kVector; }

// A warp takes every step-th row of its block's band.
struct RowsOfColumn {
  i64 first, last, step;
};

INLINED RowsOfColumn rows_of_column(i64 rows) {
  const u32 all = (u32)rows, band = (all + gridDim.y - 1) / gridDim.y, begin = blockIdx.y * band, end = begin + band;
  return {begin + warp(), end < all ? end : all, blockDim.x / kLanes};
}

// gather_block writes the block's sums of its columns into its band's row of part [bands,width].
INLINED void gather_block(const float collected[1][kVector], float *scratch, float *part, u32 width) {
  const u32 begin = blockIdx.x * kColumnsOfBlock;
  gather_columns<1>(collected, scratch, part + (i64)blockIdx.y * width + begin, width - begin < kColumnsOfBlock ? width - begin : kColumnsOfBlock);
}
