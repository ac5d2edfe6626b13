// AdamW (Loshchilov and Hutter 2019) over flat memory in one pass: value, moments and the copy in the compute type are
// written, the gradient is cleared, while each number is at hand. The arithmetic is that of PyTorch's fused CPU kernel.
#include <ATen/Parallel.h>

#include <cmath>

#include "convert.h"
#include "optimizer.h"
#include "roots.h"

// Bit for bit PyTorch's: the two fma below are its compiled code's, and elsewhere a product and a sum are rounded one by one.
#pragma GCC optimize("fp-contract=off")

namespace gobert {
namespace {

struct Step {
  float decay, beta2, rest1, rest2, correction2, step_size, eps, gradient_scale;
};

// kRoots numbers are between the two halves of an update: they stay in the first-level cache.
constexpr int64_t kRoots = 256;

template <bool copy>
GOBERT_INLINED void update(const Step &s, float *p, float *g, float *m, float *v, bf16 *c, int64_t n) {
  float root[kRoots] = {};
  for (int64_t from = 0; from < n; from += kRoots, p += kRoots, g += kRoots, m += kRoots, v += kRoots, c += copy ? kRoots : 0) {
    const int64_t count = std::min(kRoots, n - from);
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
      const float grad = g[i] * s.gradient_scale;
      m[i] = __builtin_fmaf(s.rest1, grad - m[i], m[i]);
      v[i] = __builtin_fmaf(s.rest2 * grad, grad, v[i] * s.beta2);
      root[i] = v[i];
      g[i] = 0;
    }
    roots(root, count);
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
      p[i] = p[i] * s.decay + -s.step_size * m[i] / (root[i] / s.correction2 + s.eps);
      if (copy) narrow(p[i], c[i]);
    }
  }
}

GOBERT_VECTORS void update_all(const Step &s, float *p, float *g, float *m, float *v, bf16 *c, int64_t n) {
  if (c)
    update<true>(s, p, g, m, v, c, n);
  else
    update<false>(s, p, g, m, v, nullptr, n);
}

GOBERT_VECTORS double sum_squares(const float *x, int64_t n) {
  double total = 0;
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < n; i++) total += static_cast<double>(x[i]) * x[i];
  return total;
}

// kBlock elements are a task: 64 kB of each array; see torch.NormBlock.
constexpr int64_t kBlock = 1 << 14;

}  // namespace

void adamw(const at::Tensor &value, const at::Tensor &grad, const at::Tensor &m, const at::Tensor &v, const at::Tensor &copy, double lr,
           double beta1, double beta2, double eps, double decay, int64_t step, double gradient_scale) {
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step)), correction2 = 1 - std::pow(beta2, static_cast<double>(step));
  const Step s{static_cast<float>(1 - lr * decay), static_cast<float>(beta2), static_cast<float>(1 - beta1), static_cast<float>(1 - beta2),
               static_cast<float>(std::sqrt(correction2)), static_cast<float>(lr / correction1), static_cast<float>(eps),
               static_cast<float>(gradient_scale)};
  float *p = value.data_ptr<float>(), *g = grad.data_ptr<float>(), *mm = m.data_ptr<float>(), *vv = v.data_ptr<float>();
  bf16 *c = copy.defined() ? reinterpret_cast<bf16 *>(copy.data_ptr()) : nullptr;
  const int64_t n = value.numel();
  at::parallel_for(0, (n + kBlock - 1) / kBlock, 1, [&](int64_t begin, int64_t end) {
    const int64_t from = begin * kBlock, count = std::min(n, end * kBlock) - from;
    update_all(s, p + from, g + from, mm + from, vv + from, c ? c + from : nullptr, count);
  });
}

std::vector<double> squares(const at::Tensor &x, int64_t from, int64_t n) {
  const float *at_ = x.const_data_ptr<float>();
  const int64_t first = from / kBlock, blocks = n > 0 ? (from + n + kBlock - 1) / kBlock - first : 0;
  std::vector<double> partial(static_cast<size_t>(blocks));
  at::parallel_for(0, blocks, 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; b++) {
      const int64_t low = std::max(from, (first + b) * kBlock), high = std::min(from + n, (first + b + 1) * kBlock);
      partial[b] = sum_squares(at_ + low, high - low);
    }
  });
  return partial;
}

double flat_norm(const at::Tensor &x) {
  double total = 0;
  for (double x : squares(x, 0, x.numel())) total += x;
  return std::sqrt(total);
}

}  // namespace gobert
