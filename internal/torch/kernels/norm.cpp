// The fused post-norm: dropout, residual and LayerNorm in one pass over memory, forward and backward.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernels.h"
#include "norm.h"
#include "norm_rows.h"
#include "sink.h"

namespace gobert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// rows_each keeps a task near 32k elements: enough to pay for its start.
int64_t rows_each(int64_t width) { return std::max<int64_t>(1, 32768 / std::max<int64_t>(1, width)); }

template <typename T>
T *data(const at::Tensor &t) {
  return t.defined() ? reinterpret_cast<T *>(t.data_ptr()) : nullptr;
}

template <typename T>
void forward_rows(const at::Tensor &x, const at::Tensor &residual, const at::Tensor &gain, const at::Tensor &bias, double eps,
                  const Dropout &dropout, const at::Tensor &out, const at::Tensor &sum, const at::Tensor &mean, const at::Tensor &rstd) {
  NormRows<T> a{data<T>(x),        data<T>(residual),  data<T>(sum),      data<T>(out), data<float>(mean), data<float>(rstd),
                data<float>(gain), data<float>(bias), x.size(1), static_cast<float>(eps), dropout};
  at::parallel_for(0, x.size(0), rows_each(x.size(1)), [&](int64_t begin, int64_t end) { norm_rows(a, begin, end); });
}

// kChunks parts of the rows collect their own sums of dgain and dbias, added up in order: the same bits for any number of
// threads.
constexpr int64_t kChunks = 32;

template <typename T>
void backward_rows(const at::Tensor &dy, const at::Tensor &sum, const at::Tensor &mean, const at::Tensor &rstd, const at::Tensor &gain,
                   const at::Tensor &dx, const at::Tensor &dresidual, const at::Tensor &partial, const Dropout &dropout) {
  const int64_t rows = dy.size(0), width = dy.size(1), each = (rows + kChunks - 1) / kChunks;
  at::parallel_for(0, kChunks, 1, [&](int64_t first, int64_t last) {
    for (int64_t chunk = first; chunk < last; chunk++) {
      float *own = data<float>(partial) + chunk * 2 * width;
      NormGradRows<T> a{data<T>(dy), data<T>(sum),       data<float>(mean), data<float>(rstd), data<float>(gain), data<T>(dx),
                        data<T>(dresidual), own, own + width, width, dropout};
      norm_grad_rows(a, std::min(rows, chunk * each), std::min(rows, (chunk + 1) * each));
    }
  });
}

struct DropoutAddNorm : torch::autograd::Function<DropoutAddNorm> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const std::optional<at::Tensor> &added, const at::Tensor &gain,
                            const at::Tensor &bias, double eps, const Dropout &dropout, bool keep) {
    const auto residual = added.value_or(at::Tensor());
    auto out = at::empty_like(x);
    at::Tensor sum, mean, rstd;
    if (keep) {
      sum = at::empty_like(x);
      mean = at::empty({x.size(0)}, gain.options());
      rstd = at::empty({x.size(0)}, gain.options());
    }
    if (x.scalar_type() == at::kFloat)
      forward_rows<float>(x, residual, gain, bias, eps, dropout, out, sum, mean, rstd);
    else
      forward_rows<bf16>(x, residual, gain, bias, eps, dropout, out, sum, mean, rstd);
    if (keep) {
      ctx->save_for_backward({sum, mean, rstd, gain, bias});
      ctx->saved_data["residual"] = residual.defined();
      ctx->saved_data["threshold"] = static_cast<int64_t>(dropout.threshold);
      ctx->saved_data["seed"] = static_cast<int64_t>(dropout.seed);
      ctx->saved_data["site"] = static_cast<int64_t>(dropout.site);
    }
    return out;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    auto saved = ctx->get_saved_variables();
    const auto &sum = saved[0], &gain = saved[3], &bias = saved[4];
    Dropout dropout(static_cast<double>(ctx->saved_data["threshold"].toInt()) / 65536,
                    static_cast<uint64_t>(ctx->saved_data["seed"].toInt()), static_cast<uint64_t>(ctx->saved_data["site"].toInt()));
    auto dy = grads[0].contiguous();
    auto dx = at::empty_like(dy);
    const bool residual = ctx->saved_data["residual"].toBool();
    // Without dropout both inputs have the same gradient.
    auto dresidual = residual && dropout.on() ? at::empty_like(dy) : at::Tensor();
    auto total = norm_gradient(dy, sum, saved[1], saved[2], gain, dx, dresidual, dropout);
    at::Tensor dgain, dbias;
    if (wants(gain)) dgain = deposit(gain, total[0]);
    if (wants(bias)) dbias = deposit(bias, total[1]);
    return {dx, residual ? (dresidual.defined() ? dresidual : dx) : at::Tensor(), dgain, dbias, {}, {}, {}};
  }
};

}  // namespace

at::Tensor norm_gradient(const at::Tensor &dy, const at::Tensor &sum, const at::Tensor &mean, const at::Tensor &rstd, const at::Tensor &gain,
                         const at::Tensor &dx, const at::Tensor &dresidual, const Dropout &dropout) {
  auto partial = at::zeros({kChunks, 2, dy.size(1)}, gain.options());
  if (dy.scalar_type() == at::kFloat)
    backward_rows<float>(dy, sum, mean, rstd, gain, dx, dresidual, partial, dropout);
  else
    backward_rows<bf16>(dy, sum, mean, rstd, gain, dx, dresidual, partial, dropout);
  return partial.sum(0);
}

at::Tensor dropout_add_norm(const at::Tensor &x, const at::Tensor &residual, const at::Tensor &gain, const at::Tensor &bias, double eps,
                            const Dropout &dropout) {
  const bool keep = c10::GradMode::is_enabled() && (wants(x) || wants(residual) || wants(gain) || wants(bias));
  std::optional<at::Tensor> added;  // autograd takes an absent input only in this form
  if (residual.defined()) added = residual.contiguous();
  return DropoutAddNorm::apply(x.contiguous(), added, gain, bias, eps, dropout, keep);
}

}  // namespace gobert
