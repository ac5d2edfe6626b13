// The update of all parameters in one launch: value, moments and the copy in the activations' type are written, and the gradient is
// cleared, while each number is at hand. What all parameters have in common is read from the device; see step.cu.
#include "warp.cuh"

constexpr int kUpdateThreads = 256;

// clear forgets a tile's gradient.
INLINED void clear(const UpdateValues &a, const Tile &tile, u32 column) {
  const float none[kVector] = {};
  put(a.gradient + tile.begin, column, tile.count, none);
}

// AdamW (Loshchilov and Hutter 2019), rounded as kernels/adamw.cpp rounds: the same bits.
template <class T>
INLINED void adamw(const UpdateValues &a) {
  const Tile tile = a.tiles[blockIdx.x];
  const bool skip = a.state->skip != 0;
  __shared__ float shared[4];
  if (threadIdx.x == 0) {
    const StepState &s = *a.state;
    const Trained p = a.parameters[tile.parameter];
    const double rate = s.rate * p.rate;
    shared[0] = (float)s.factor;
    shared[1] = (float)(1 - rate * p.decay);
    shared[2] = -(float)(rate / s.correction1);
    shared[3] = (float)sqrt(s.correction2);
  }
  __syncthreads();
  const float factor = shared[0], decay = shared[1], step = shared[2], correction2 = shared[3];
  for (u32 c = threadIdx.x * kVector; c < tile.count; c += kUpdateThreads * kVector) {
    if (!skip) {
      float p[kVector], g[kVector], m[kVector], v[kVector];
      take(a.value + tile.begin, c, tile.count, p);
      take(a.gradient + tile.begin, c, tile.count, g);
      take(a.m + tile.moments, c, tile.count, m);
      take(a.v + tile.moments, c, tile.count, v);
#pragma unroll
      for (int i = 0; i < kVector; i++) {
        const float gradient = __fmul_rn(g[i], factor);
        m[i] = fmaf(a.rest1, __fadd_rn(gradient, -m[i]), m[i]);
        v[i] = fmaf(__fmul_rn(a.rest2, gradient), gradient, __fmul_rn(v[i], a.beta2));
        p[i] = __fadd_rn(__fmul_rn(p[i], decay), __fmul_rn(step, m[i]) / __fadd_rn(sqrtf(v[i]) / correction2, a.eps));
      }
      put(a.value + tile.begin, c, tile.count, p);
      put(a.m + tile.moments, c, tile.count, m);
      put(a.v + tile.moments, c, tile.count, v);
      if (a.copy) put((T *)a.copy + tile.begin, c, tile.count, p);
    }
    clear(a, tile, c);
  }
}

// LAMB's second half (You et al. 2020): each parameter goes its steps along the direction that stands in the gradient's place.
template <class T>
INLINED void lamb(const UpdateValues &a) {
  const Tile tile = a.tiles[blockIdx.x];
  const bool skip = a.state->skip != 0;
  const float step = a.steps[tile.parameter];
  for (u32 c = threadIdx.x * kVector; c < tile.count; c += kUpdateThreads * kVector) {
    if (!skip) {
      float p[kVector], d[kVector];
      take(a.value + tile.begin, c, tile.count, p);
      take(a.gradient + tile.begin, c, tile.count, d);
#pragma unroll
      for (int i = 0; i < kVector; i++) p[i] -= step * d[i];
      put(a.value + tile.begin, c, tile.count, p);
      if (a.copy) put((T *)a.copy + tile.begin, c, tile.count, p);
    }
    clear(a, tile, c);
  }
}

#define UPDATE(suffix, T)                                        \
  GOBERT_KERNEL(adamw_##suffix, kUpdateThreads, UpdateValues, adamw<T>) \
  GOBERT_KERNEL(lamb_##suffix, kUpdateThreads, UpdateValues, lamb<T>)
GOBERT_EACH_TYPE(UPDATE)
