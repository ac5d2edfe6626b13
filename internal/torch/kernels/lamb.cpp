// The two passes of LAMB (You et al. 2020, algorithm 2, with bias correction as its authors' code has it) over flat memory. Between them
// each parameter's norms are summed: its number of steps along the direction follows from them.
#include <ATen/Parallel.h>

#include <cmath>

#include "convert.h"
#include "optimizer.h"
#include "roots.h"

// Products and sums are rounded one by one, wherever in a vector a number lies: ranks cut memory where they like.
#pragma GCC optimize("fp-contract=off")

namespace gobert {
namespace {

struct Direction {
  float beta1, beta2, rest1, rest2, correction1, correction2, eps, decay, gradient_scale;
};

constexpr int64_t kRoots = 256, kTask = 1 << 14;  // numbers between two halves of a pass, and numbers a task; as in adamw.cpp

GOBERT_VECTORS void direct(const Direction &s, const float *p, float *g, float *m, float *v, int64_t n) {
  float root[kRoots] = {};
  for (int64_t from = 0; from < n; from += kRoots, p += kRoots, g += kRoots, m += kRoots, v += kRoots) {
    const int64_t count = std::min(kRoots, n - from);
#pragma omp simd
    for (int64_t i = 0; i < count; i++) {
      const float grad = g[i] * s.gradient_scale;
      m[i] = m[i] * s.beta1 + s.rest1 * grad;
      v[i] = v[i] * s.beta2 + s.rest2 * grad * grad;
      root[i] = v[i] / s.correction2;
    }
    roots(root, count);
#pragma omp simd
    for (int64_t i = 0; i < count; i++) g[i] = m[i] / s.correction1 / (root[i] + s.eps) + s.decay * p[i];
  }
}

template <bool copy>
GOBERT_INLINED void walk(float step, float *p, float *d, bf16 *c, int64_t n) {
#pragma omp simd
  for (int64_t i = 0; i < n; i++) {
    p[i] = p[i] - step * d[i];
    d[i] = 0;
    if (copy) narrow(p[i], c[i]);
  }
}

GOBERT_VECTORS void walk_all(float step, float *p, float *d, bf16 *c, int64_t n) { c ? walk<true>(step, p, d, c, n) : walk<false>(step, p, d, nullptr, n); }

template <class F>
void each_task(int64_t n, const F &f) {
  at::parallel_for(0, (n + kTask - 1) / kTask, 1, [&](int64_t begin, int64_t end) { f(begin * kTask, std::min(n, end * kTask) - begin * kTask); });
}

}  // namespace

void lamb_directions(const at::Tensor &value, const at::Tensor &grad, const at::Tensor &m, const at::Tensor &v, double beta1, double beta2, double eps,
                     double decay, int64_t step, double gradient_scale) {
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step)), correction2 = 1 - std::pow(beta2, static_cast<double>(step));
  const Direction s{static_cast<float>(beta1), static_cast<float>(beta2), static_cast<float>(1 - beta1), static_cast<float>(1 - beta2), static_cast<float>(correction1),
                    static_cast<float>(correction2), static_cast<float>(eps), static_cast<float>(decay), static_cast<float>(gradient_scale)};
  const float *p = value.const_data_ptr<float>();
  float *g = grad.data_ptr<float>(), *mm = m.data_ptr<float>(), *vv = v.data_ptr<float>();
  each_task(value.numel(), [&](int64_t from, int64_t count) { direct(s, p + from, g + from, mm + from, vv + from, count); });
}

void lamb_walk(const at::Tensor &value, const at::Tensor &direction, const at::Tensor &copy, double step) {
  float *p = value.data_ptr<float>(), *d = direction.data_ptr<float>();
  bf16 *c = copy.defined() ? reinterpret_cast<bf16 *>(copy.data_ptr()) : nullptr;
  each_task(value.numel(), [&](int64_t from, int64_t count) { walk_all(static_cast<float>(step), p + from, d + from, c ? c + from : nullptr, count); });
}

}  // namespace gobert
