// Sums over rows: of a matrix, and of the partial sums that all kernels leave behind, which go straight into the gradients that
// parameters already have.
#include "columns.cuh"

template <class T>
INLINED void column_sums(const ColumnSums &a) {
  __shared__ float scratch[kLanes * kVector];
  const u32 column = column_of_lane();
  float sum[1][kVector] = {};
  const RowsOfColumn rows = rows_of_column(a.rows);
  for (i64 row = rows.first; row < rows.last; row += rows.step) {
    float x[kVector];
    take((const T *)a.x + row * a.stride, column, a.width, x);
#pragma unroll
    for (int i = 0; i < kVector; i++) sum[0][i] += x[i];
  }
  gather_block(sum, scratch, a.part, a.width);
}

#define COLUMN_SUMS(suffix, T) GOBERT_KERNEL(column_sums_##suffix, kColumnThreads, ColumnSums, column_sums<T>)
GOBERT_EACH_TYPE(COLUMN_SUMS)

// A block's warps take parts by turns, and the first warp adds up what they found.
constexpr int kFinishThreads = 256;

// sum_here looks for the sum that a block works on.
INLINED int sum_here(const FinishSums &a) {
  int low = 0, high = a.count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (a.sums[middle].first <= blockIdx.x)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

INLINED void finish(const FinishSums &a) {
  __shared__ float found[kFinishThreads];
  const PartialSum &s = a.sums[sum_here(a)];
  const u32 column = (blockIdx.x - s.first) * kLanes + lane();
  float sum = 0;
  if (column < s.width)
    for (u32 p = warp(); p < s.parts; p += kFinishThreads / kLanes) {
      const float *at = s.part + (i64)p * s.stride + column;
      GOBERT_TOUCHES(at, sizeof(float), false);
      sum += *at;
    }
  found[threadIdx.x] = sum;
  __syncthreads();
  if (warp() != 0 || column >= s.width) return;
  for (int w = 1; w < kFinishThreads / kLanes; w++) sum += found[w * kLanes + lane()];
  s.into[column] += sum;
}

GOBERT_KERNEL(finish_sums, kFinishThreads, FinishSums, finish)
