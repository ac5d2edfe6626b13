// Square roots of many numbers, for the optimizers.
#pragma once
#include <cmath>
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace gobert {

// roots takes square roots in place; count is rounded up to 16. A compiler that honours errno, as cgo's must, will not put
// sqrtf into vector lanes, so this says which instruction is meant.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) inline void roots_of_16(float *x, int64_t count) {
  const __mmask16 every = 0xFFFF;  // the form without a mask warns of its own header
  for (int64_t i = 0; i < count; i += 16) _mm512_storeu_ps(x + i, _mm512_maskz_sqrt_ps(every, _mm512_loadu_ps(x + i)));
}

__attribute__((target("avx"))) inline void roots_of_8(float *x, int64_t count) {
  for (int64_t i = 0; i < count; i += 8) _mm256_storeu_ps(x + i, _mm256_sqrt_ps(_mm256_loadu_ps(x + i)));
}

inline void roots(float *x, int64_t count) {
  static const bool wide = __builtin_cpu_supports("avx512f"), half = __builtin_cpu_supports("avx");
  if (wide) return roots_of_16(x, count);
  if (half) return roots_of_8(x, count);
  for (int64_t i = 0; i < count; i += 4) _mm_storeu_ps(x + i, _mm_sqrt_ps(_mm_loadu_ps(x + i)));
}
#else
inline void roots(float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = std::sqrt(x[i]);
}
#endif

}  // namespace gobert
