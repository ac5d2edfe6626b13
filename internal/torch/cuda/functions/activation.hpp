// The activation on a card; see activation.cu. Only its input is kept: the output is not needed again but by the product behind it.
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

// name_of gives the first part of the kernels' names for one of config.json's activations, or null.
const char *name_of(const std::string &kind) {
  if (kind == "gelu" || kind == "relu" || kind == "tanh") return kind.c_str();
  return kind == "gelu_new" || kind == "gelu_pytorch_tanh" ? "gelu_new" : nullptr;
}

struct Activation : torch::autograd::Function<Activation> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const std::optional<at::Tensor> &added, const std::string &name) {
    const auto plus = added.value_or(at::Tensor());
    const int64_t rows = x.size(0), width = x.size(1);
    auto out = at::empty_like(x);
    ActivationForward a{address(x), floats(plus), writable(out), rows, static_cast<u32>(width)};
    const unsigned across = blocks_of_columns(width);
    // A warp takes four rows: enough to pay for the bias, few enough for every processor of a card to have work.
    const unsigned bands = static_cast<unsigned>(std::clamp<int64_t>((rows + 31) / 32, 1, 65535));
    const Form form{Unit::Activation, x.scalar_type(), 0, all_aligned(width, {a.x, a.added, a.out})};
    if (rows > 0) launch(form, name + "_forward", x.device(), {across, bands}, kColumnThreads, &a);
    ctx->save_for_backward({x, plus});
    ctx->saved_data["name"] = name;
    return out;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &x = saved[0], &plus = saved[1];
    const auto dy = grads[0].contiguous();
    const int64_t rows = x.size(0), width = x.size(1);
    const unsigned across = blocks_of_columns(width), bands = bands_of(rows, across);
    auto dx = at::empty_like(x);
    auto part = at::empty({bands, width}, x.options().dtype(at::kFloat));
    ActivationBackward a{address(dy), address(x), floats(plus), writable(dx), float_room(part), rows, static_cast<u32>(width)};
    const Form form{Unit::Activation, x.scalar_type(), 0, all_aligned(width, {a.dy, a.x, a.added, a.dx})};
    launch(form, ctx->saved_data["name"].toStringRef() + "_backward", x.device(), {across, bands}, kColumnThreads, &a);
    return {dx, finish(part, 0, plus), {}};
  }
};

}  // namespace

bool serves_activation(const at::Tensor &x, const std::string &kind) {
  return name_of(kind) && x.dim() == 2 && ready(Unit::Activation, x.device(), x.scalar_type()) && ready(Unit::Sums, x.device(), at::kFloat);
}

at::Tensor activation(const at::Tensor &x, const at::Tensor &added, const std::string &kind) {
  return Activation::apply(x.contiguous(), present(added), std::string(name_of(kind)));
}

}  // namespace gobert::cuda
