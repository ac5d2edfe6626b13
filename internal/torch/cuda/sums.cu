// Sums over rows: of a matrix, and of the partial sums that other kernels leave behind, which go straight into the gradient
// that a parameter already has.
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

// A block takes 32 columns. Its warps take parts by turns, and the first warp adds up what they found.
constexpr int kFinishThreads = 256;

INLINED void finish(const FinishSums &a) {
  __shared__ float found[kFinishThreads];
  const u32 column = blockIdx.x * kLanes + lane();
  float sum = 0;
  if (column < a.width)
    for (int p = warp(); p < a.parts; p += kFinishThreads / kLanes) {
      GOBERT_TOUCHES(a.part + p * a.stride + column, sizeof(float), false);
      sum += a.part[p * a.stride + column];
    }
  found[threadIdx.x] = sum;
  __syncthreads();
  if (warp() != 0 || column >= a.width) return;
  for (int w = 1; w < kFinishThreads / kLanes; w++) sum += found[w * kLanes + lane()];
  a.into[column] = a.add ? a.into[column] + sum : sum;
}

GOBERT_KERNEL(finish_sums, kFinishThreads, FinishSums, finish)
