// LayerNorm of one row by a warp, which holds the row in registers: C times 256 columns. Variance takes a second pass over them,
// because BERT's eps of 1e-12 hides nothing.
#pragma once
#include "philox.cuh"

constexpr int kNormThreads = 128;

// GOBERT_EACH_ROW(M, suffix, type) is M(suffix, type, C) for each number of chunks that rows have.
#ifdef GOBERT_WIDTH
#define GOBERT_APPLY_ROW(M, ...) M(__VA_ARGS__)
#define GOBERT_EACH_ROW(M, suffix, T) GOBERT_APPLY_ROW(M, suffix, T, GOBERT_CHUNKS)
#else
#define GOBERT_EACH_ROW(M, suffix, T) M(suffix, T, 1) M(suffix, T, 2) M(suffix, T, 3) M(suffix, T, 4)
#endif

// width_of is the width of a kernel's rows.
template <class Arguments>
INLINED u32 width_of(const Arguments &a) {
#ifdef GOBERT_WIDTH
  return GOBERT_WIDTH;
#else
  return a.width;
#endif
}

// column_of is the first of this lane's 8 columns in chunk j of a row.
INLINED u32 column_of(int j) { return (j * kLanes + lane()) * kVector; }

// normalise turns a row, C x 8 columns a lane, into (x - mean) * rstd * gain + bias, and gives mean and rstd.
template <int C>
INLINED void normalise(float s[C][kVector], const float *gain, const float *bias, u32 width, float eps, float &mean, float &rstd) {
  float total = 0, squares = 0;
#pragma unroll
  for (int j = 0; j < C; j++)
#pragma unroll
    for (int i = 0; i < kVector; i++) total += s[j][i];
  mean = warp_sum(total) / (float)width;
#pragma unroll
  for (int j = 0; j < C; j++) {
    const u32 column = column_of(j);
#pragma unroll
    for (int i = 0; i < kVector; i++) {
      const float apart = column + i < width ? s[j][i] - mean : 0.0f;
      squares += apart * apart;
    }
  }
  rstd = 1.0f / sqrtf(warp_sum(squares) / (float)width + eps);
#pragma unroll
  for (int j = 0; j < C; j++) {
    const u32 column = column_of(j);
    float g[kVector], b[kVector];
    take(gain, column, width, g);
    take(bias, column, width, b);
#pragma unroll
    for (int i = 0; i < kVector; i++) s[j][i] = (s[j][i] - mean) * rstd * g[i] + b[i];
  }
}

// unnormalise turns the gradient g of a norm's output, times gain, into the gradient of its input; hat is what the gain met.
template <int C>
INLINED void unnormalise(float g[C][kVector], const float hat[C][kVector], float rstd, u32 width) {
  float level = 0, slope = 0;
#pragma unroll
  for (int j = 0; j < C; j++)
#pragma unroll
    for (int i = 0; i < kVector; i++) level += g[j][i], slope += g[j][i] * hat[j][i];
  level = warp_sum(level) / (float)width;
  slope = warp_sum(slope) / (float)width;
#pragma unroll
  for (int j = 0; j < C; j++)
#pragma unroll
    for (int i = 0; i < kVector; i++) g[j][i] = rstd * (g[j][i] - level - hat[j][i] * slope);
}
