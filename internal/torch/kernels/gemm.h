// Small fp32 matrix products from inside a parallel region, where each must stay on its own thread.
#pragma once
#include <cstdint>

// LibTorch's own BLAS (MKL on x86-64, OpenBLAS on ARM); inside an OpenMP region it runs on one thread.
extern "C" void sgemm_(const char *transa, const char *transb, const int *m, const int *n, const int *k, const float *alpha, const float *a,
                       const int *lda, const float *b, const int *ldb, const float *beta, float *c, const int *ldc);

namespace gobert {

// gemm is C = alpha op(A) op(B) + beta C for row-major matrices, C being [m,n].
inline void gemm(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t lda, const float *b,
                 int64_t ldb, float beta, float *c, int64_t ldc) {
  // BLAS counts by columns: the transposed product of the swapped factors is the same memory.
  const int m_ = static_cast<int>(m), n_ = static_cast<int>(n), k_ = static_cast<int>(k);
  const int lda_ = static_cast<int>(lda), ldb_ = static_cast<int>(ldb), ldc_ = static_cast<int>(ldc);
  sgemm_(transpose_b ? "T" : "N", transpose_a ? "T" : "N", &n_, &m_, &k_, &alpha, b, &ldb_, a, &lda_, &beta, c, &ldc_);
}

}  // namespace gobert
