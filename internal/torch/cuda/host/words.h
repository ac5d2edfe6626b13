// CUDA's words for a C++ compiler of the host: enough of them for the kernels' text, which is compiled unchanged. Threads of a
// block are the fibers of block.h.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#include "block.h"
#include "traffic.h"

#define GOBERT_HOST
#define __device__
#define __forceinline__ static inline
#define __shared__ static  // one block runs at a time
#define threadIdx gobert::host::where.thread
#define blockIdx gobert::host::where.block
#define blockDim gobert::host::where.size
#define gridDim gobert::host::where.grid

// GOBERT_KERNEL puts a kernel into the table of kernels.cpp under its name.
#define GOBERT_KERNEL(name, threads, Arguments, ...) \
  static const gobert::host::Kernel kernel_##name(#name, threads, sizeof(Arguments), [](const void *a) { __VA_ARGS__(*static_cast<const Arguments *>(a)); });

#define GOBERT_TOUCHES(p, bytes, written) gobert::host::touch(p, bytes, written)

static inline void __syncthreads() { gobert::host::barrier(); }

template <class T>
static inline T __shfl_sync(uint32_t lanes, T x, int from) {
  uint32_t bits;
  static_assert(sizeof x == 4);
  std::memcpy(&bits, &x, 4);
  bits = gobert::host::exchange(lanes, bits)[from & 31];
  std::memcpy(&x, &bits, 4);
  return x;
}

template <class T>
static inline T __shfl_xor_sync(uint32_t lanes, T x, int apart) {
  return __shfl_sync(lanes, x, static_cast<int>(threadIdx.x % 32) ^ apart);
}

static inline uint32_t __ballot_sync(uint32_t lanes, bool vote) {
  const uint32_t *votes = gobert::host::exchange(lanes, vote);
  uint32_t all = 0;
  for (int i = 0; i < 32; i++) all |= votes[i] << i;
  return all;
}

static inline int __ffs(uint32_t x) { return __builtin_ffs(static_cast<int>(x)); }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fdividef(float a, float b) { return a / b; }

static inline uint32_t __float_as_uint(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, 4);
  return bits;
}

static inline float __uint_as_float(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, 4);
  return x;
}

static inline float __int_as_float(int32_t bits) { return __uint_as_float(static_cast<uint32_t>(bits)); }

// fp16 by its bits, for compilers that lack the type. A subnormal is its 10 bits times 2^-24.
static inline float host_widen_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 0x3FF;
  if (exponent == 31) return __uint_as_float(sign | 0x7F800000 | fraction << 13);
  const float size = exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24) : __uint_as_float((exponent + 112) << 23 | fraction << 13);
  return sign ? -size : size;
}

// Rounds to nearest, ties to even: in the default rounding mode adding and taking away a number of the right size does that.
static inline uint16_t host_narrow_half(float x) {
  const uint32_t bits = __float_as_uint(x), sign = bits >> 16 & 0x8000;
  const float size = std::fabs(x);
  if (x != x) return static_cast<uint16_t>(sign | 0x7FFF);
  if (size >= 65520) return static_cast<uint16_t>(sign | 0x7C00);
  if (size < 0x1p-14f) return static_cast<uint16_t>(sign | static_cast<uint32_t>(std::nearbyint(std::ldexp(size, 24))));
  const uint32_t whole = bits & 0x7FFFFFFF;
  return static_cast<uint16_t>(sign | (((whole + 0xFFF + (whole >> 13 & 1)) >> 13) - (112 << 10)));
}
