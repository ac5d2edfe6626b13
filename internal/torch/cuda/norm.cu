// The post-norm in one pass over memory: LN(dropout(x + added) + residual), forward and backward. added is the bias of the
// product that made x: where the product's output is read anyhow, adding it costs nothing, and so does its gradient.
#include "norm.cuh"

template <class T, int C>
INLINED void norm_forward(const NormForward &a) {
  const u32 width = width_of(a);
  const RowsOfWarp rows = rows_of_warp();
  for (i64 row = rows.first; row < a.rows; row += rows.step) {
    const i64 begin = row * width;
    float s[C][kVector];
#pragma unroll
    for (int j = 0; j < C; j++) {
      const u32 column = column_of(j);
      float other[kVector];
      take((const T *)a.x + begin, column, width, s[j]);
      if (a.added) {
        take(a.added, column, width, other);
#pragma unroll
        for (int i = 0; i < kVector; i++) s[j][i] += other[i];
      }
      drop(a.dropout, row, j, s[j]);
      if (a.residual) {
        take((const T *)a.residual + begin, column, width, other);
#pragma unroll
        for (int i = 0; i < kVector; i++) s[j][i] += other[i];
      }
      // What the backward pass will read is what the norm sees, rounded, whether or not it is kept: a layer that is computed again
      // has the same bits.
#pragma unroll
      for (int i = 0; i < kVector; i++) s[j][i] = rounded<T>(s[j][i]);
      if (a.sum) put((T *)a.sum + begin, column, width, s[j]);
    }
    float mean, rstd;
    normalise<C>(s, a.gain, a.bias, width, a.eps, mean, rstd);
    if (a.mean && lane() == 0) a.mean[row] = mean, a.rstd[row] = rstd;
#pragma unroll
    for (int j = 0; j < C; j++) put((T *)a.out + begin, column_of(j), width, s[j]);
  }
}

template <class T, int C>
INLINED void norm_backward(const NormBackward &a) {
  const u32 width = width_of(a);
  __shared__ float scratch[C * kLanes * kVector];
  const RowsOfWarp rows = rows_of_warp();
  float dgain[C][kVector] = {}, dbias[C][kVector] = {}, dadded[C][kVector] = {};
  for (i64 row = rows.first; row < a.rows; row += rows.step) {
    const i64 begin = row * width;
    const float mean = a.mean[row], rstd = a.rstd[row];
    float g[C][kVector], hat[C][kVector];
#pragma unroll
    for (int j = 0; j < C; j++) {
      const u32 column = column_of(j);
      float other[kVector];
      take((const T *)a.dy + begin, column, width, g[j]);
      if (a.dcarry) {
        take((const T *)a.dcarry + begin, column, width, other);
#pragma unroll
        for (int i = 0; i < kVector; i++) g[j][i] += other[i];
      }
      take((const T *)a.sum + begin, column, width, hat[j]);
      take(a.gain, column, width, other);
#pragma unroll
      for (int i = 0; i < kVector; i++) {
        hat[j][i] = (hat[j][i] - mean) * rstd;
        dgain[j][i] += g[j][i] * hat[j][i];
        dbias[j][i] += g[j][i];
        g[j][i] *= other[i];  // beyond the width g is 0, so that hat does no harm there
      }
    }
    unnormalise<C>(g, hat, rstd, width);
#pragma unroll
    for (int j = 0; j < C; j++) {
      const u32 column = column_of(j);
      if (a.dresidual) put((T *)a.dresidual + begin, column, width, g[j]);
      drop(a.dropout, row, j, g[j]);
      put((T *)a.dx + begin, column, width, g[j]);
#pragma unroll
      for (int i = 0; i < kVector; i++) dadded[j][i] += g[j][i];
    }
  }
  float *part = a.part + (i64)blockIdx.x * 3 * width;
  gather_columns<C>(dgain, scratch, part, width);
  gather_columns<C>(dbias, scratch, part + width, width);
  gather_columns<C>(dadded, scratch, part + 2 * width, width);
}

#define NORM(suffix, T, C)                                                                                  \
  GOBERT_KERNEL(norm_forward_##suffix##_##C, kNormThreads, NormForward, norm_forward<T, C>)        \
  GOBERT_KERNEL(norm_backward_##suffix##_##C, kNormThreads, NormBackward, norm_backward<T, C>)
#define NORM_OF(suffix, T) GOBERT_EACH_ROW(NORM, suffix, T)
GOBERT_EACH_TYPE(NORM_OF)
