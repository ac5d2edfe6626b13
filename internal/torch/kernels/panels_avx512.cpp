// generation.h's loops for AVX-512.
#include "generation.h"

#include "softmax_rows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC optimize("no-trapping-math")  // else the compiler keeps branches where a choice of values would do, and makes no vectors
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,fma")

#define LANES 16
#define ROWS 8
#define TALL 8
#define BROADCAST(p) _mm512_set1_ps(*(p))
#include "panels_rows.h"
#include "panels_attend.h"

#pragma GCC pop_options

const gobert::panels::Generation gobert::panels::avx512{kWidth, product, attend, attend_scratch};
#endif
