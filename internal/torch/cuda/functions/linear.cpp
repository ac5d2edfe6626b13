// The linear map on a card: LibTorch's products, with the bias' gradient by column sums that go straight where it is collected.
#include <torch/csrc/autograd/custom_function.h>

#include "../../kernels/column_sum.h"
#include "../../kernels/sink.h"
#include "cuda.h"
#include "launch.h"
#include "saved.h"

namespace gobert::cuda {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Linear : torch::autograd::Function<Linear> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute,
                            const std::optional<at::Tensor> &bias) {
    ctx->save_for_backward({x, weight, compute, bias.value_or(at::Tensor())});
    return at::linear(x, compute, bias ? std::optional<at::Tensor>(bias->to(x.scalar_type())) : std::nullopt);
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &compute = saved[2], &bias = saved[3];
    const auto dy = grads[0].contiguous();
    at::Tensor dx, dw;
    if (ctx->needs_input_grad(0)) dx = at::mm(dy, compute);
    if (wants(weight)) dw = weight_gradient(weight, dy, x);
    return {dx, dw, at::Tensor(), bias_gradient(bias, dy)};
  }
};

}  // namespace

at::Tensor bias_gradient(const at::Tensor &bias, const at::Tensor &dy) {
  if (!wants(bias)) return {};
  const int64_t rows = dy.size(0), width = dy.size(1);
  const unsigned across = blocks_of_columns(width), bands = bands_of(rows, across);
  auto part = at::empty({bands, width}, dy.options().dtype(at::kFloat));
  ColumnSums a{address(dy), float_room(part), rows, dy.stride(0), static_cast<u32>(width)};
  const bool aligned = all_aligned(width, {a.x}) && dy.stride(0) % 8 == 0;
  launch({Unit::Sums, dy.scalar_type(), 0, aligned}, "column_sums", dy.device(), {across, bands}, kColumnThreads, &a);
  return finish(part, 0, bias);
}

bool serves_linear(const at::Tensor &x) {
  return x.dim() == 2 && ready(Unit::Sums, x.device(), x.scalar_type()) && ready(Unit::Sums, x.device(), at::kFloat);
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias) {
  return Linear::apply(x, weight, compute.detach().to(x.scalar_type()), present(bias));
}

}  // namespace gobert::cuda
