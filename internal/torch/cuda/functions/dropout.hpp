// Dropout by itself on a card; see dropout.cu.
#include <torch/csrc/autograd/custom_function.h>

#include "../../kernels/sink.h"
#include "cuda.h"
#include "launch.h"
#include "saved.h"

namespace gobert::cuda {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor masked(const at::Tensor &x, const gobert::Dropout &dropout) {
  const int64_t rows = x.size(0), width = x.size(1);
  auto out = at::empty_like(x);
  DropoutRows a{address(x), writable(out), rows, static_cast<u32>(width), of(dropout)};
  if (rows > 0)
    launch({Unit::Dropout, x.scalar_type(), 0, all_aligned(width, {a.x, a.out})}, "dropout", x.device(), {blocks_of_rows(rows)}, kRowThreads, &a);
  return out;
}

struct CounterDropout : torch::autograd::Function<CounterDropout> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const gobert::Dropout &dropout) {
    save(ctx, dropout);
    return masked(x, dropout);
  }
  static variable_list backward(AutogradContext *ctx, variable_list grads) { return {masked(grads[0].contiguous(), saved_dropout(ctx)), {}}; }
};

}  // namespace

bool serves_dropout(const at::Tensor &x) { return x.dim() == 2 && ready(Unit::Dropout, x.device(), x.scalar_type()); }

at::Tensor counter_dropout(const at::Tensor &x, const gobert::Dropout &dropout) {
  return dropout.on() ? CounterDropout::apply(x.contiguous(), dropout) : x;
}

}  // namespace gobert::cuda
