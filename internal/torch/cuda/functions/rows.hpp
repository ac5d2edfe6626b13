// Some rows of matrices on a card; see rows.cu.
#include <torch/csrc/autograd/custom_function.h>

#include "cuda.h"
#include "launch.h"
#include "saved.h"

namespace gobert::cuda {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Pick : torch::autograd::Function<Pick> {
  // y is absent where it is x; b is absent where there is but one list.
  static variable_list forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &a, const std::optional<at::Tensor> &y,
                               const std::optional<at::Tensor> &b) {
    ctx->set_materialize_grads(false);
    const auto second = b.value_or(at::Tensor());
    ctx->save_for_backward({a, second});
    ctx->saved_data["rows"] = x.size(0);
    ctx->saved_data["two"] = y.has_value();
    const int64_t width = x.size(1), counts[] = {a.numel(), second.defined() ? second.numel() : 0};
    auto first = at::empty({counts[0], width}, x.options()), other = at::empty({counts[1], width}, x.options());
    const auto &from = y ? *y : x;
    PickRows p{{address(x), address(from)}, {ints(a), ints(second)}, {writable(first), writable(other)}, {counts[0], counts[1]}, static_cast<u32>(width)};
    const bool aligned = all_aligned(width, {p.from[0], p.from[1], p.to[0], p.to[1]});
    const Grid grid{blocks_of_rows(std::max(counts[0], counts[1])), 1, counts[1] > 0 ? 2u : 1u};
    if (counts[0] + counts[1] > 0) launch({Unit::Rows, x.scalar_type(), 0, aligned}, "pick_rows", x.device(), grid, kRowThreads, &p);
    return {first, other};
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const bool two = ctx->saved_data["two"].toBool();
    const auto &like = grads[0].defined() ? grads[0] : grads[1];
    if (!like.defined()) return {{}, {}, {}, {}};
    const int64_t rows = ctx->saved_data["rows"].toInt(), width = like.size(1);
    SpreadRows s{{}, {ints(saved[0]), ints(saved[1])}, {}, {}, rows, static_cast<u32>(width)};
    at::Tensor d[2], into[2];
    for (int i = 0; i < 2; i++) {
      if (grads[i].defined() && saved[i].defined()) {
        d[i] = grads[i].contiguous();
        s.d[i] = address(d[i]), s.count[i] = saved[i].numel();
      }
      if (i == 0 || two) into[i] = at::empty({rows, width}, like.options());
      s.into[i] = writable(into[i]);
    }
    const bool aligned = all_aligned(width, {s.d[0], s.d[1], s.into[0], s.into[1]});
    launch({Unit::Rows, like.scalar_type(), 0, aligned}, "spread_rows", like.device(), {blocks_of_rows(rows), 1, two ? 2u : 1u}, kRowThreads, &s);
    return {into[0], {}, into[1], {}};
  }
};

}  // namespace

bool serves_rows(const at::Tensor &x) { return x.dim() == 2 && ready(Unit::Rows, x.device(), x.scalar_type()); }

std::array<at::Tensor, 2> pick_rows(const at::Tensor &x, const at::Tensor &a, const at::Tensor &y, const at::Tensor &b) {
  const bool two = y.defined() && !y.is_same(x);
  auto out = Pick::apply(x.contiguous(), a, two ? present(y) : std::nullopt, present(b));
  return {out[0], out[1]};
}

}  // namespace gobert::cuda
