// Numbers as the kernels see them: everything is computed in fp32 and stored in the tensor's type. NVRTC is given no headers,
// so fp16 and bfloat16 are bits here; a conversion is PTX where the card has the instruction.
//
// The same text is compiled for the host by host/: what differs is behind GOBERT_HOST.
#pragma once
#include "functions/arguments.h"

typedef unsigned short u16;

#define INLINED __device__ __forceinline__

// GOBERT_KERNEL defines a kernel that hands its one argument to a function. Its plain name is how the launcher finds it.
#ifndef GOBERT_HOST
#define GOBERT_KERNEL(name, threads, Arguments, ...) \
  extern "C" __global__ void __launch_bounds__(threads) name(const __grid_constant__ Arguments a) { __VA_ARGS__(a); }
#endif

// A card's kernels are compiled when they are first used, and then one knows for what: for activations of GOBERT_TYPE, whose name
// is GOBERT_SUFFIX; for rows of GOBERT_WIDTH columns, where it matters; and, with GOBERT_ALIGNED, for rows that all begin at
// multiples of 16 bytes. The host's build takes everything.
//
// GOBERT_EACH_TYPE(M) is M(suffix, type) for each type that activations have.
#ifdef GOBERT_TYPE
#define GOBERT_APPLY(M, ...) M(__VA_ARGS__)
#define GOBERT_EACH_TYPE(M) GOBERT_APPLY(M, GOBERT_SUFFIX, GOBERT_TYPE)
#else
#define GOBERT_EACH_TYPE(M) M(f32, float) M(f16, half) M(bf16, bfloat)
#endif

struct half {
  u16 bits;
};
struct bfloat {
  u16 bits;
};

constexpr int kLanes = 32;
constexpr u32 kAll = 0xFFFFFFFFu;  // every lane of a warp

INLINED float infinity() { return __int_as_float(0x7F800000); }

INLINED float widen(float x) { return x; }
INLINED float widen(bfloat x) { return __uint_as_float((u32)x.bits << 16); }
INLINED float widen(half x) {
#ifdef GOBERT_HOST
  return host_widen_half(x.bits);
#else
  float wide;
  asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(x.bits));
  return wide;
#endif
}

INLINED void narrow(float x, float &out) { out = x; }

// Rounds to nearest, ties to even; a NaN stays one. Cards before sm_80 have no instruction for it.
INLINED void narrow(float x, bfloat &out) {
#if !defined(GOBERT_HOST) && __CUDA_ARCH__ >= 800
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(out.bits) : "f"(x));
#else
  const u32 bits = __float_as_uint(x);
  out.bits = x != x ? 0x7FC0 : (u16)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
#endif
}

INLINED void narrow(float x, half &out) {
#ifdef GOBERT_HOST
  out.bits = host_narrow_half(x);
#else
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(out.bits) : "f"(x));
#endif
}

// rounded is x as it will be read back.
template <class T>
INLINED float rounded(float x) {
  T stored;
  narrow(x, stored);
  return widen(stored);
}

// kVector columns are a lane's share of a row at a time: one or two accesses of 16 bytes.
constexpr int kVector = 8;

template <class T>
struct alignas(16) Vector {
  T at[kVector];
};

// GOBERT_TOUCHES tells the host's build which memory is read or written, so that tests can count what goes to memory.
#ifndef GOBERT_HOST
#define GOBERT_TOUCHES(p, bytes, written)
#endif

// inside is how many of the kVector columns from column on a row of width has.
INLINED u32 inside(u32 column, u32 width) { return column >= width ? 0 : width - column < kVector ? width - column : kVector; }

// whole says whether the kVector columns from p on are inside of the row and can be accessed at once.
template <class T>
INLINED bool whole(const T *p, u32 column, u32 width) {
#ifdef GOBERT_ALIGNED
  return column < width;
#else
  return column + kVector <= width && ((u64)p & 15) == 0;
#endif
}

// take reads the columns from column on of a row; those beyond its width are 0.
template <class T>
INLINED void take(const T *row, u32 column, u32 width, float x[kVector]) {
  const T *p = row + column;
  GOBERT_TOUCHES(p, inside(column, width) * sizeof(T), false);
  if (whole(p, column, width)) {
    const Vector<T> v = *(const Vector<T> *)p;
#pragma unroll
    for (int i = 0; i < kVector; i++) x[i] = widen(v.at[i]);
    return;
  }
#pragma unroll
  for (int i = 0; i < kVector; i++) {
#ifdef GOBERT_ALIGNED
    x[i] = 0;
#else
    x[i] = column + i < width ? widen(p[i]) : 0.0f;
#endif
  }
}

// put writes what take reads.
template <class T>
INLINED void put(T *row, u32 column, u32 width, const float x[kVector]) {
  T *p = row + column;
  GOBERT_TOUCHES(p, inside(column, width) * sizeof(T), true);
  if (whole(p, column, width)) {
    Vector<T> v;
#pragma unroll
    for (int i = 0; i < kVector; i++) narrow(x[i], v.at[i]);
    *(Vector<T> *)p = v;
    return;
  }
#ifndef GOBERT_ALIGNED
#pragma unroll
  for (int i = 0; i < kVector; i++)
    if (column + i < width) narrow(x[i], p[i]);
#endif
}
