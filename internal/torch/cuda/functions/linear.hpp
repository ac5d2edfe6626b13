// The linear map on a card: LibTorch's products, with the bias' gradient by column sums that go straight where it is collected.
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

struct Linear : torch::autograd::Function<Linear> {
  static variable_list forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute,
                               const std::optional<at::Tensor> &bias) {
    ctx->set_materialize_grads(false);
    ctx->save_for_backward({x, weight, compute, bias.value_or(at::Tensor())});
    return {at::linear(x, compute, bias ? std::optional<at::Tensor>(bias->to(x.scalar_type())) : std::nullopt), x.detach()};
  }

  static variable_list backward(AutogradContext *ctx, variable_list &grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &compute = saved[2], &bias = saved[3];
    auto &carry = grads[1];
    if (!grads[0].defined()) return {carry, {}, {}, {}};
    const auto dy = grads[0].contiguous();
    at::Tensor dx, dw;
    if (ctx->needs_input_grad(0)) dx = input_gradient(dy, compute, carry);
    if (wants(weight)) dw = weight_gradient(weight, dy, x);
    return {dx, dw, at::Tensor(), bias_gradient(bias, dy)};
  }
};

}  // namespace

bool serves_linear(const at::Tensor &x) {
  return x.dim() == 2 && ready(Unit::Sums, x.device(), x.scalar_type()) && ready(Unit::Sums, x.device(), at::kFloat);
}

Beside linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias) {
  auto out = Linear::apply(x, weight, compute.detach().to(x.scalar_type()), present(bias));
  return {out[0], out[1]};
}

}  // namespace gobert::cuda
