// AdamW and LAMB over flat memory: our kernels on the CPU, LibTorch's fused AdamW elsewhere.
#include "optimizer.h"

#include "../cuda/functions/optimizer.h"
#include "../kernels/optimizer.h"

#include "guard.h"

using namespace gobert;

gb_error gb_adamw_flat(gb_tensor value, gb_tensor grad, gb_tensor m, gb_tensor v, gb_tensor copy, gb_step s) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    const auto &p = ref(value), &g = ref(grad);
    auto c = optional(copy);
    if (p.is_cpu() && (!c.defined() || c.scalar_type() == at::kBFloat16)) {
      adamw(p, g, ref(m), ref(v), c, s.lr, s.beta1, s.beta2, s.eps, s.decay, s.step, s.gradient_scale);
      return;
    }
    auto step = at::full({}, static_cast<double>(s.step), p.options());
    // LibTorch divides by the scale it is given.
    auto scale = at::full({}, 1 / s.gradient_scale, p.options());
    at::_fused_adamw_({p}, {g}, {ref(m)}, {ref(v)}, {}, {step}, s.lr, s.beta1, s.beta2, s.decay, s.eps, false, false, scale);
    if (c.defined()) c.copy_(p);
    g.zero_();
  });
}

gb_error gb_lamb_directions(gb_tensor value, gb_tensor grad, gb_tensor m, gb_tensor v, gb_step s) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    lamb_directions(ref(value), ref(grad), ref(m), ref(v), s.beta1, s.beta2, s.eps, s.decay, s.step, s.gradient_scale);
  });
}

gb_error gb_lamb_walk(gb_tensor value, gb_tensor direction, gb_tensor copy, double step) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    const auto c = optional(copy);
    const bool at_once = !c.defined() || c.scalar_type() == at::kBFloat16;
    lamb_walk(ref(value), ref(direction), at_once ? c : at::Tensor(), step);
    if (!at_once) c.copy_(ref(value));
  });
}

gb_error gb_flat_norm(gb_tensor x, double *out) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    const auto &t = ref(x);
    *out = t.is_cpu() ? flat_norm(t) : at::linalg_vector_norm(t).item<double>();
  });
}

gb_error gb_flat_squares(gb_tensor x, const int64_t *from, const int64_t *n, size_t regions, double *out, size_t blocks) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    if (!ref(x).is_cpu()) {
      const auto sums = cuda::squares(ref(x), from, n, regions, static_cast<int64_t>(blocks)).cpu();
      std::copy_n(sums.const_data_ptr<double>(), blocks, out);
      return;
    }
    for (size_t i = 0; i < regions; i++) {
      const auto partial = squares(ref(x), from[i], n[i]);
      out = std::copy(partial.begin(), partial.end(), out);
    }
  });
}

gb_error gb_flat_fold(gb_tensor sum, const gb_tensor *more, size_t n, gb_tensor into) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    const auto &total = ref(sum);
    std::vector<at::Tensor> others;
    for (size_t i = 0; i < n; i++) others.push_back(ref(more[i]));
    auto target = optional(into);
    if (total.is_cpu()) return fold(total, others, target);
    for (const auto &x : others) total.add_(x);
    if (target.defined()) target.copy_(total), total.zero_();
  });
}
