// The post-norm on a card; see norm.cu.
#include <torch/csrc/autograd/custom_function.h>

#include "../../kernels/sink.h"
#include "cuda.h"
#include "gradients.h"
#include "launch.h"
#include "saved.h"

namespace gobert::cuda {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct DropoutAddNorm : torch::autograd::Function<DropoutAddNorm> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const std::optional<at::Tensor> &added,
                            const std::optional<at::Tensor> &residual, const at::Tensor &gain, const at::Tensor &bias, double eps,
                            const gobert::Dropout &dropout, bool keep) {
    const auto plus = added.value_or(at::Tensor()), back = residual.value_or(at::Tensor());
    const int64_t rows = x.size(0), width = x.size(1);
    auto out = at::empty_like(x);
    at::Tensor sum, mean, rstd;
    if (keep) {
      sum = at::empty_like(x);
      mean = at::empty({rows}, gain.options());
      rstd = at::empty({rows}, gain.options());
    }
    NormForward a{address(x),   address(back), floats(plus), writable(sum),           writable(out),           float_room(mean), float_room(rstd),
                  floats(gain), floats(bias),  rows,         static_cast<u32>(width), static_cast<float>(eps), of(dropout)};
    const bool aligned = all_aligned(width, {a.x, a.residual, a.added, a.sum, a.out, a.gain, a.bias});
    if (rows > 0) launch({Unit::Norm, x.scalar_type(), width, aligned}, "norm_forward", x.device(), {blocks_of_rows(rows)}, kRowThreads, &a);
    if (keep) {
      ctx->save_for_backward({sum, mean, rstd, gain, bias, plus});
      ctx->saved_data["residual"] = back.defined();
      save(ctx, dropout);
    }
    return out;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &sum = saved[0], &gain = saved[3], &bias = saved[4], &plus = saved[5];
    const auto dropout = saved_dropout(ctx);
    const auto dy = grads[0].contiguous();
    const int64_t rows = dy.size(0), width = dy.size(1);
    const bool residual = ctx->saved_data["residual"].toBool();
    auto dx = at::empty_like(dy);
    // Without dropout both inputs have the same gradient.
    auto dresidual = residual && dropout.on() ? at::empty_like(dy) : at::Tensor();
    const unsigned blocks = blocks_of_sums(rows);
    auto part = at::empty({blocks, 3, width}, gain.options());
    NormBackward a{address(dy),         nullptr,          address(sum), floats(saved[1]),        floats(saved[2]), floats(gain), writable(dx),
                   writable(dresidual), float_room(part), rows,         static_cast<u32>(width), of(dropout)};
    launch({Unit::Norm, dy.scalar_type(), width, all_aligned(width, {a.dy, a.sum, a.gain, a.dx, a.dresidual})}, "norm_backward", dy.device(),
           {blocks}, kRowThreads, &a);
    return {dx, finish(part, 2, plus), residual ? (dresidual.defined() ? dresidual : dx) : at::Tensor(), finish(part, 0, gain), finish(part, 1, bias),
            {}, {}, {}};
  }
};

}  // namespace

bool serves_norm(const at::Tensor &x) {
  return x.dim() == 2 && ready(Unit::Norm, x.device(), x.scalar_type(), x.size(1)) && ready(Unit::Sums, x.device(), at::kFloat);
}

at::Tensor dropout_add_norm(const at::Tensor &x, const at::Tensor &added, const at::Tensor &residual, const at::Tensor &gain,
                            const at::Tensor &bias, double eps, const gobert::Dropout &dropout) {
  const bool keep = c10::GradMode::is_enabled() && (wants(x) || wants(added) || wants(residual) || wants(gain) || wants(bias));
  return DropoutAddNorm::apply(x.contiguous(), present(added), present(residual), gain, bias, eps, dropout, keep);
}

}  // namespace gobert::cuda
