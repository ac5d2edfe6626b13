// generation.h's loops for AVX2.
#include "generation.h"

#include "softmax_rows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC optimize("no-trapping-math")  // else the compiler keeps branches where a choice of values would do, and makes no vectors
#pragma GCC target("avx2,fma")

#define LANES 8
#define ROWS 4
#define TALL 6
#define BROADCAST(p) _mm256_broadcast_ss(p)
#include "panels_rows.h"
#include "panels_attend.h"

#pragma GCC pop_options

const gobert::panels::Generation gobert::panels::avx2{kWidth, product, attend, attend_scratch};
#endif
