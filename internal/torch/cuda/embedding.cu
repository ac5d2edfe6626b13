// The three embeddings, their norm and dropout in one pass. The sum of the tables' rows is not kept for the backward pass: it is
// looked up again, which costs what reading it would.
#include "norm.cuh"

// sum_tables gives word + type + position of a row: the reference adds word and type first.
INLINED void sum_tables(const Lookup &in, i64 row, u32 column, u32 width, float x[kVector]) {
  float other[kVector];
  take(in.word + (i64)in.words[row] * width, column, width, x);
  take(in.type + (i64)in.types[row] * width, column, width, other);
#pragma unroll
  for (int i = 0; i < kVector; i++) x[i] += other[i];
  take(in.position + (i64)in.positions[row] * width, column, width, other);
#pragma unroll
  for (int i = 0; i < kVector; i++) x[i] += other[i];
}

template <class T, int C>
INLINED void embed_forward(const EmbedForward &a) {
  const u32 width = width_of(a);
  const RowsOfWarp rows = rows_of_warp();
  for (i64 row = rows.first; row < a.rows; row += rows.step) {
    float s[C][kVector];
#pragma unroll
    for (int j = 0; j < C; j++) sum_tables(a.in, row, column_of(j), width, s[j]);
    float mean, rstd;
    normalise<C>(s, a.gain, a.bias, width, a.eps, mean, rstd);
    if (a.mean && lane() == 0) a.mean[row] = mean, a.rstd[row] = rstd;
#pragma unroll
    for (int j = 0; j < C; j++) {
      drop(a.dropout, row, j, s[j]);
      put((T *)a.out + row * width, column_of(j), width, s[j]);
    }
  }
}

template <class T, int C>
INLINED void embed_backward(const EmbedBackward &a) {
  const u32 width = width_of(a);
  __shared__ float scratch[C * kLanes * kVector];
  const RowsOfWarp rows = rows_of_warp();
  float dgain[C][kVector] = {}, dbias[C][kVector] = {};
  for (i64 row = rows.first; row < a.rows; row += rows.step) {
    const float mean = a.mean[row], rstd = a.rstd[row];
    float g[C][kVector], hat[C][kVector];
#pragma unroll
    for (int j = 0; j < C; j++) {
      float gain[kVector];
      take((const T *)a.dy + row * width, column_of(j), width, g[j]);
      drop(a.dropout, row, j, g[j]);
      sum_tables(a.in, row, column_of(j), width, hat[j]);
      take(a.gain, column_of(j), width, gain);
#pragma unroll
      for (int i = 0; i < kVector; i++) {
        hat[j][i] = (hat[j][i] - mean) * rstd;
        dgain[j][i] += g[j][i] * hat[j][i];
        dbias[j][i] += g[j][i];
        g[j][i] *= gain[i];
      }
    }
    unnormalise<C>(g, hat, rstd, width);
#pragma unroll
    for (int j = 0; j < C; j++) put(a.dsum + row * width, column_of(j), width, g[j]);
  }
  float *part = a.part + (i64)blockIdx.x * 2 * width;
  gather_columns<C>(dgain, scratch, part, width);
  gather_columns<C>(dbias, scratch, part + width, width);
}

#define EMBED(suffix, T, C)                                                                               \
  GOBERT_KERNEL(embed_forward_##suffix##_##C, kNormThreads, EmbedForward, embed_forward<T, C>)   \
  GOBERT_KERNEL(embed_backward_##suffix##_##C, kNormThreads, EmbedBackward, embed_backward<T, C>)
#define EMBED_OF(suffix, T) GOBERT_EACH_ROW(EMBED, suffix, T)
GOBERT_EACH_TYPE(EMBED_OF)
