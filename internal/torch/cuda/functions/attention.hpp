// The products in front of attention on a card; see attention.cu.
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

struct QueryKeyValue : torch::autograd::Function<QueryKeyValue> {
  static variable_list forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute,
                               const std::optional<at::Tensor> &bias, const std::optional<at::Tensor> &compute_bias) {
    ctx->set_materialize_grads(false);
    ctx->save_for_backward({x, weight, compute, bias.value_or(at::Tensor())});
    auto all = at::linear(x, compute, compute_bias);  // [N,3H]
    const auto parts = all.view({x.size(0), 3, -1}).unbind(1);
    return {parts[0].detach(), parts[1].detach(), parts[2].detach(), x.detach()};  // [N,H] each
  }

  static variable_list backward(AutogradContext *ctx, variable_list &grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &compute = saved[2], &bias = saved[3];
    const int64_t rows = x.size(0), width = compute.size(0) / 3;
    at::Tensor d[3];
    for (int i = 0; i < 3; i++) {
      d[i] = grads[i].defined() ? grads[i] : at::zeros({rows, width}, x.options());
      if (d[i].stride(1) != 1) d[i] = d[i].contiguous();
    }
    auto packed = at::empty({rows, 3 * width}, x.options());
    const unsigned across = blocks_of_columns(width), bands = bands_of(rows, 3 * across);
    auto part = at::empty({bands, 3 * width}, x.options().dtype(at::kFloat));
    PackGradients a{address(d[0]),    address(d[1]),    address(d[2]), d[0].stride(0), d[1].stride(0), d[2].stride(0),
                    writable(packed), float_room(part), rows,          static_cast<u32>(width)};
    bool aligned = all_aligned(width, {a.query, a.key, a.value, a.packed});
    for (const auto &t : d) aligned = aligned && t.stride(0) % 8 == 0;
    launch({Unit::Attention, x.scalar_type(), 0, aligned}, "pack_gradients", x.device(), {across, bands, 3}, kColumnThreads, &a);
    at::Tensor dx, dw;
    if (ctx->needs_input_grad(0)) dx = input_gradient(packed, compute, grads[3]);
    if (wants(weight)) dw = weight_gradient(weight, packed, x);
    return {dx, dw, at::Tensor(), finish(part, 0, bias), at::Tensor()};
  }
};

}  // namespace

bool serves_attention(const at::Tensor &x) {
  return x.dim() == 2 && ready(Unit::Attention, x.device(), x.scalar_type()) && ready(Unit::Sums, x.device(), at::kFloat);
}

Projected query_key_value(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias,
                          const at::Tensor &compute_bias) {
  const auto type = x.scalar_type();
  auto out = QueryKeyValue::apply(x.contiguous(), weight, compute.detach().to(type), present(bias),
                                  present(compute_bias.defined() ? compute_bias.detach().to(type) : compute_bias));
  return {{out[0], out[1], out[2]}, out[3]};
}

}  // namespace gobert::cuda
