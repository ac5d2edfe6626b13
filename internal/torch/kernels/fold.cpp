// Gradients added up in one pass over memory.
#include <ATen/Parallel.h>

#include <algorithm>

#include "convert.h"
#include "optimizer.h"

namespace gobert {
namespace {

GOBERT_VECTORS void add_to(float *sum, const float *x, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) sum[i] += x[i];
}

GOBERT_VECTORS void add_wider(float *sum, const bf16 *x, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) sum[i] += widen(x[i]);
}

// kPiece numbers are added at a time: they stay in the first-level cache until all is done with them.
constexpr int64_t kPiece = 1 << 12;

}  // namespace

void fold(const at::Tensor &sum, const std::vector<at::Tensor> &more, const at::Tensor &into) {
  float *total = sum.data_ptr<float>(), *target = into.defined() ? into.data_ptr<float>() : nullptr;
  const int64_t n = sum.numel();
  at::parallel_for(0, (n + kPiece - 1) / kPiece, 8, [&](int64_t begin, int64_t end) {
    for (int64_t from = begin * kPiece; from < std::min(n, end * kPiece); from += kPiece) {
      const int64_t count = std::min(kPiece, n - from);
      for (const auto &x : more) add_to(total + from, x.const_data_ptr<float>() + from, count);
      if (!target) continue;
      std::copy_n(total + from, count, target + from);
      std::fill_n(total + from, count, 0.0f);
    }
  });
}

void add_gradient(const at::Tensor &into, const at::Tensor &gradient) {
  const bool plain = into.is_cpu() && into.is_contiguous() && gradient.is_contiguous() && into.scalar_type() == at::kFloat;
  if (!plain || gradient.scalar_type() != at::kBFloat16) {
    into.add_(gradient);
    return;
  }
  float *sum = into.data_ptr<float>();
  const auto *x = static_cast<const bf16 *>(gradient.const_data_ptr());
  at::parallel_for(0, into.numel(), at::internal::GRAIN_SIZE, [&](int64_t begin, int64_t end) { add_wider(sum + begin, x + begin, end - begin); });
}

}  // namespace gobert
