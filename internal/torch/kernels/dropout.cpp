// Counter-based dropout by itself, and the gathering of rows.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <atomic>

#include "kernels.h"
#include "sink.h"

namespace gobert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

GOBERT_VECTORS void factor_rows(const Dropout &d, uint64_t first, int64_t begin, int64_t end, int64_t width, float *out, float *scratch) {
  for (int64_t r = begin; r < end; r++) {
    dropout_row(d, first + r, width, scratch);
#pragma omp simd
    for (int64_t i = 0; i < width; i++) out[r * width + i] = scratch[i];
  }
}

struct GatherRows : torch::autograd::Function<GatherRows> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &rows) {
    ctx->save_for_backward({rows});
    ctx->saved_data["rows"] = x.size(0);
    return x.index_select(0, rows);
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    auto dx = at::zeros({ctx->saved_data["rows"].toInt(), grads[0].size(1)}, grads[0].options());
    dx.index_copy_(0, ctx->get_saved_variables()[0].to(at::kLong), grads[0]);
    return {dx, at::Tensor()};
  }
};

std::atomic<bool> switched_on{true};

}  // namespace

bool supported(const at::Tensor &x) {
  return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) && switched_on;
}

void use_kernels(bool on) { switched_on = on; }

bool kernels_on() { return switched_on; }

at::Tensor dropout_factors(int64_t rows, int64_t width, const Dropout &dropout, uint64_t first) {
  auto out = at::empty({rows, width}, at::kFloat);
  at::parallel_for(0, rows, std::max<int64_t>(1, 32768 / std::max<int64_t>(1, width)), [&](int64_t begin, int64_t end) {
    std::vector<float> scratch(padded(width));
    factor_rows(dropout, first, begin, end, width, out.data_ptr<float>(), scratch.data());
  });
  return out;
}

at::Tensor counter_dropout(const at::Tensor &x, const Dropout &dropout) {
  return dropout.on() ? x * dropout_factors(x.size(0), x.size(1), dropout).to(x.scalar_type()) : x;
}

at::Tensor gather_rows(const at::Tensor &x, const at::Tensor &rows) { return GatherRows::apply(x, rows); }

}  // namespace gobert
