// The loss of a chunk of vocabulary logits and their gradient in their place, so that no second matrix of that size is needed.
// The row is read twice: once for its largest value and the sum of exponentials, kept up to date together, once for the
// gradient; the second time it is still in the cache.
#include "warp.cuh"

constexpr int kEntropyThreads = 512;

// Softmax is the largest value so far and the sum of exp(value - most).
struct Softmax {
  float most, total;
};

INLINED Softmax joined(Softmax a, Softmax b) {
  const float most = fmaxf(a.most, b.most);
  if (most == -infinity()) return {most, 0};
  return {most, a.total * expf(a.most - most) + b.total * expf(b.most - most)};
}

// over_block gives every thread the softmax over all threads.
INLINED Softmax over_block(Softmax s) {
  constexpr int kWarps = kEntropyThreads / kLanes;
  __shared__ Softmax of_warps[kWarps];
#pragma unroll
  for (int apart = kLanes / 2; apart > 0; apart /= 2)
    s = joined(s, {__shfl_xor_sync(kAll, s.most, apart), __shfl_xor_sync(kAll, s.total, apart)});
  if (lane() == 0) of_warps[warp()] = s;
  __syncthreads();
  s = of_warps[0];
  for (int w = 1; w < kWarps; w++) s = joined(s, of_warps[w]);
  return s;
}

template <class T>
INLINED void take_logits(const CrossEntropy &a, const T *row, u32 column, float x[kVector]) {
  take(row, column, a.width, x);
  if (!a.added) return;
  float added[kVector];
  take(a.added, column, a.width, added);
#pragma unroll
  for (int i = 0; i < kVector; i++) x[i] += added[i];
}

template <class T>
INLINED void cross_entropy(const CrossEntropy &a) {
  const int target = a.targets[blockIdx.x];
  T *row = (T *)a.logits + blockIdx.x * a.stride;
  if (target < 0) {  // a row that only rounds up their number
    const float none[kVector] = {};
    for (u32 c = threadIdx.x * kVector; c < a.width; c += kEntropyThreads * kVector) put(row, c, a.width, none);
    if (threadIdx.x == 0) a.loss[blockIdx.x] = 0, a.loss[a.all + blockIdx.x] = 0;
    return;
  }
  Softmax s = {-infinity(), 0};
  for (u32 c = threadIdx.x * kVector; c < a.width; c += kEntropyThreads * kVector) {
    float x[kVector], most = s.most, total = 0;
    take_logits(a, row, c, x);
#pragma unroll
    for (int i = 0; i < kVector; i++)
      if (c + i < a.width) most = fmaxf(most, x[i]);
#pragma unroll
    for (int i = 0; i < kVector; i++)
      if (c + i < a.width) total += expf(x[i] - most);
    s = {most, (s.most == -infinity() ? 0 : s.total * expf(s.most - most)) + total};
  }
  s = over_block(s);
  const float at_target = widen(row[target]) + (a.added ? a.added[target] : 0.0f);
  if (threadIdx.x == 0) a.loss[blockIdx.x] = s.most + logf(s.total) - at_target, a.loss[a.all + blockIdx.x] = at_target == s.most;
  if (a.scale == 0) return;
  __syncthreads();  // every thread has read the target's logit
  const float scale = (a.times ? a.scale * *a.times : a.scale) / *a.asked, factor = scale / s.total;
  for (u32 c = threadIdx.x * kVector; c < a.width; c += kEntropyThreads * kVector) {
    float x[kVector];
    take_logits(a, row, c, x);
#pragma unroll
    for (int i = 0; i < kVector; i++) x[i] = expf(x[i] - s.most) * factor - ((int)c + i == target ? scale : 0.0f);
    put(row, c, a.width, x);
  }
}

// sum_of_block gives the first thread the sum over all threads.
INLINED float sum_of_block(float x, float *of_warps) {
  x = warp_sum(x);
  if (lane() == 0) of_warps[warp()] = x;
  __syncthreads();
  if (threadIdx.x == 0)
    for (int w = 1; w < kEntropyThreads / kLanes; w++) x += of_warps[w];
  return x;
}

INLINED void count(const CountTargets &a) {
  __shared__ float of_warps[kEntropyThreads / kLanes];
  float found = 0;
  for (i64 row = threadIdx.x; row < a.rows; row += kEntropyThreads) found += a.targets[row] >= 0;
  found = sum_of_block(found, of_warps);
  if (threadIdx.x == 0) *a.asked = found;
}

INLINED void mean(const MeanLoss &a) {
  __shared__ float of_warps[2][kEntropyThreads / kLanes];
  float loss = 0, right = 0;
  for (i64 row = threadIdx.x; row < a.rows; row += kEntropyThreads) loss += a.loss[row], right += a.loss[a.rows + row];
  loss = sum_of_block(loss, of_warps[0]);
  right = sum_of_block(right, of_warps[1]);
  if (threadIdx.x == 0) a.into[0] = loss / *a.asked, a.into[1] = right;
}

GOBERT_KERNEL(count_targets, kEntropyThreads, CountTargets, count)
GOBERT_KERNEL(mean_loss, kEntropyThreads, MeanLoss, mean)

#define CROSS_ENTROPY(suffix, T) GOBERT_KERNEL(cross_entropy_##suffix, kEntropyThreads, CrossEntropy, cross_entropy<T>)
GOBERT_EACH_TYPE(CROSS_ENTROPY)
