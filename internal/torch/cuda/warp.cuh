// Sums over a warp and over a block, always in the same order: a step gives the same bits each time.
#pragma once
#include "types.cuh"

INLINED int lane() { return threadIdx.x % kLanes; }
INLINED int warp() { return threadIdx.x / kLanes; }

// warp_sum gives every lane the sum over all lanes.
INLINED float warp_sum(float x) {
#pragma unroll
  for (int apart = kLanes / 2; apart > 0; apart /= 2) x += __shfl_xor_sync(kAll, x, apart);
  return x;
}

// Rows are shared out to the warps of the whole grid: warp w takes rows w, w + all, w + 2 all.
struct RowsOfWarp {
  i64 first, step;
};

INLINED RowsOfWarp rows_of_warp() {
  const i64 warps = blockDim.x / kLanes;
  return {blockIdx.x * warps + warp(), gridDim.x * warps};
}

// gather_columns adds up what the warps of a block collected for C x 256 columns (lane l holds 8 columns of each 256, from 8 l
// on) and writes the first width of them: warp after warp, so that the order is fixed. scratch holds C x 256 floats and can be
// used again at once.
template <int C>
INLINED void gather_columns(const float collected[C][kVector], float *scratch, float *out, u32 width) {
  const int warps = blockDim.x / kLanes;
  for (int turn = 0; turn < warps; turn++) {
    if (warp() == turn) {
#pragma unroll
      for (int j = 0; j < C; j++)
#pragma unroll
        for (int i = 0; i < kVector; i++) {
          float *at = scratch + (j * kLanes + lane()) * kVector + i;
          *at = turn == 0 ? collected[j][i] : *at + collected[j][i];
        }
    }
    __syncthreads();
  }
  for (u32 c = threadIdx.x; c < width; c += blockDim.x) {
    GOBERT_TOUCHES(out + c, sizeof(float), true);
    out[c] = scratch[c];
  }
  __syncthreads();
}
