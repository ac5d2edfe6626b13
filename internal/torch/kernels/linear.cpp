// The linear map with gradients accumulated where they belong.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "column_sum.h"
#include "kernels.h"
#include "optimizer.h"
#include "product.h"
#include "sink.h"

namespace gobert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute,
                            const std::optional<at::Tensor> &bias) {
    ctx->save_for_backward({x, weight, compute, bias.value_or(at::Tensor())});
    return product(x, compute, bias ? bias->to(x.scalar_type()) : at::Tensor());
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &compute = saved[2], &bias = saved[3];
    auto dy = grads[0].contiguous();
    at::Tensor dx, dw, db;
    if (ctx->needs_input_grad(0)) dx = product(dy, compute.t(), {});
    if (wants(weight)) dw = weight_gradient(weight, dy, x);
    if (wants(bias)) db = deposit(bias, column_sum(dy));
    return {dx, dw, at::Tensor(), db};
  }
};

}  // namespace

at::Tensor weight_gradient(const at::Tensor &weight, const at::Tensor &dy, const at::Tensor &x) {
  auto into = sink(weight);
  if (into.defined() && x.scalar_type() == into.scalar_type()) {
    into.addmm_(dy.t(), x);
    return {};
  }
  auto dw = at::mm(dy.t(), x);
  if (!into.defined()) return dw.to(weight.scalar_type());
  add_gradient(into, dw);
  return {};
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias) {
  std::optional<at::Tensor> b;  // autograd takes an absent input only in this form
  if (bias.defined()) b = bias;
  if (c10::GradMode::is_enabled() && (wants(x) || wants(weight) || wants(bias))) return Linear::apply(x, weight, compute, b);
  return product(x, compute, b ? b->to(x.scalar_type()) : at::Tensor());
}

}  // namespace gobert
