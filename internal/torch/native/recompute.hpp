// Gradient checkpointing (Chen et al. 2016): a graph node that knows only its input, and asks Go to compute the inside
// again when its gradient is needed.
#include <torch/csrc/autograd/custom_function.h>

#include "recompute.h"
#include "guard.h"

using namespace gobert;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

struct Recompute : torch::autograd::Function<Recompute> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &y, int64_t id) {
    ctx->save_for_backward({x});
    ctx->saved_data["id"] = id;
    return y.alias();
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    auto x = ctx->get_saved_variables()[0];
    gb_tensor dx = nullptr;
    called_back("recompute", gobert_recompute(static_cast<uintptr_t>(ctx->saved_data["id"].toInt()), &x, &grads[0], &dx));
    at::Tensor result = ref(dx);
    delete static_cast<at::Tensor *>(dx);
    return {result, at::Tensor(), at::Tensor()};
  }
};

}  // namespace

gb_error gb_recompute(gb_tensor *out, gb_tensor x, gb_tensor y, uintptr_t id) {
  return guarded([&] {
    // The node must exist even when nothing before x is trained, because the inside has parameters of its own.
    auto input = ref(x).requires_grad() ? ref(x) : ref(x).detach().set_requires_grad(true);
    *out = give(Recompute::apply(input, ref(y), static_cast<int64_t>(id)));
  });
}
