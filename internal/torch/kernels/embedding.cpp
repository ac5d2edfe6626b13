// The three embeddings, their norm and dropout in one pass; gradients go row by row into the tables' own gradients, so that
// no dense [V,H] temporary is filled and added.
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

GOBERT_VECTORS void add_three(const float *a, const float *b, const float *c, int64_t width, float *out) {
#pragma omp simd
  for (int64_t i = 0; i < width; i++) out[i] = a[i] + c[i] + b[i];  // the reference adds word and type first
}

GOBERT_VECTORS void add_into(float *to, const float *from, int64_t width) {
#pragma omp simd
  for (int64_t i = 0; i < width; i++) to[i] += from[i];
}

GOBERT_VECTORS void apply_dropout(const Dropout &d, int64_t row, int64_t width, float *x, float *factor) {
  dropout_row(d, row, width, factor);
#pragma omp simd
  for (int64_t i = 0; i < width; i++) x[i] *= factor[i];
}

GOBERT_VECTORS void widen_row(const bf16 *x, int64_t width, float *out) {
#pragma omp simd
  for (int64_t i = 0; i < width; i++) out[i] = widen(x[i]);
}

GOBERT_VECTORS void narrow_row(const float *x, int64_t width, bf16 *out) {
#pragma omp simd
  for (int64_t i = 0; i < width; i++) narrow(x[i], out[i]);
}

// scatter adds rows of grad [N,H] into table rows, a range of columns a task: no two threads write the same place, and
// each place is added to in the order of tokens.
void scatter(const at::Tensor &into, const at::Tensor &ids, const at::Tensor &grad, int64_t padding) {
  const auto *id = ids.const_data_ptr<int32_t>();
  const float *g = grad.const_data_ptr<float>();
  float *table = into.data_ptr<float>();
  const int64_t rows = ids.numel(), width = grad.size(1), span = 64, tasks = (width + span - 1) / span;
  at::parallel_for(0, tasks, 1, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * span, count = std::min(width, end * span) - first;
    for (int64_t r = 0; r < rows; r++)
      if (id[r] != padding) add_into(table + id[r] * width + first, g + r * width + first, count);
  });
}

at::Tensor table_gradient(const at::Tensor &table, const at::Tensor &ids, const at::Tensor &grad, int64_t padding) {
  if (!wants(table)) return {};
  auto into = sink(table);
  auto result = into.defined() ? at::Tensor() : at::zeros_like(table);
  scatter(into.defined() ? into : result, ids, grad, padding);
  return result;
}

struct Embed : torch::autograd::Function<Embed> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &word, const at::Tensor &position, const at::Tensor &type,
                            const at::Tensor &gain, const at::Tensor &bias, const at::Tensor &ids, const at::Tensor &positions,
                            const at::Tensor &types, int64_t padding, double eps, const Dropout &dropout, at::ScalarType dtype,
                            int64_t grain) {
    const int64_t rows = ids.numel(), width = word.size(1);
    auto sum = at::empty({rows, width}, word.options()), normed = at::empty_like(sum);
    auto mean = at::empty({rows}, word.options()), rstd = at::empty_like(mean);
    auto out = dtype == at::kFloat ? normed : at::empty({rows, width}, word.options().dtype(dtype));
    const float *w = word.const_data_ptr<float>(), *p = position.const_data_ptr<float>(), *t = type.const_data_ptr<float>();
    const auto *id = ids.const_data_ptr<int32_t>(), *at_position = positions.const_data_ptr<int32_t>(), *of_type = types.const_data_ptr<int32_t>();
    float *s = sum.data_ptr<float>(), *y = normed.data_ptr<float>();
    NormRows<float> norm{s, nullptr, nullptr, y, mean.data_ptr<float>(), rstd.data_ptr<float>(), gain.const_data_ptr<float>(), bias.const_data_ptr<float>(),
                         width, static_cast<float>(eps), Dropout(0, 0, 0)};
    at::parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
      std::vector<float> factor(padded(width));
      for (int64_t r = begin; r < end; r++)
        add_three(w + id[r] * width, p + at_position[r] * width, t + of_type[r] * width, width, s + r * width);
      norm_rows(norm, begin, end);
      for (int64_t r = begin; r < end; r++) {
        if (dropout.on()) apply_dropout(dropout, r, width, y + r * width, factor.data());
        if (dtype != at::kFloat) narrow_row(y + r * width, width, reinterpret_cast<bf16 *>(out.data_ptr()) + r * width);
      }
    });
    ctx->save_for_backward({word, position, type, gain, bias, ids, positions, types, sum, mean, rstd});
    ctx->saved_data["padding"] = padding;
    ctx->saved_data["threshold"] = static_cast<int64_t>(dropout.threshold);
    ctx->saved_data["seed"] = static_cast<int64_t>(dropout.seed);
    ctx->saved_data["site"] = static_cast<int64_t>(dropout.site);
    return out;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    auto saved = ctx->get_saved_variables();
    const auto &gain = saved[3], &bias = saved[4];
    Dropout dropout(static_cast<double>(ctx->saved_data["threshold"].toInt()) / 65536,
                    static_cast<uint64_t>(ctx->saved_data["seed"].toInt()), static_cast<uint64_t>(ctx->saved_data["site"].toInt()));
    auto dy = grads[0].to(at::kFloat).contiguous();
    if (dropout.on()) dy = dy.mul(dropout_factors(dy.size(0), dy.size(1), dropout));
    auto ds = at::empty_like(dy);
    auto total = norm_gradient(dy, saved[8], saved[9], saved[10], gain, ds, {}, Dropout(0, 0, 0));
    auto word = table_gradient(saved[0], saved[5], ds, ctx->saved_data["padding"].toInt());
    auto position = table_gradient(saved[1], saved[6], ds, -1);
    auto type = table_gradient(saved[2], saved[7], ds, -1);
    return {word, position, type, wants(gain) ? deposit(gain, total[0]) : at::Tensor(), wants(bias) ? deposit(bias, total[1]) : at::Tensor(),
            {}, {}, {}, {}, {}, {}, {}, {}};
  }
};

}  // namespace

at::Tensor embed(const at::Tensor &ids, const at::Tensor &positions, const at::Tensor &types, const Tables &t, int64_t padding, double eps,
                 const Dropout &dropout, at::ScalarType dtype) {
  // Without gradients it is by far the least part of a pass, and OpenMP's threads, which look for more work for milliseconds afterwards,
  // would take the cores from those of team.h.
  const int64_t grain = at::GradMode::is_enabled() ? std::max<int64_t>(1, 32768 / t.word.size(1)) : std::max<int64_t>(1, ids.numel());
  return Embed::apply(t.word, t.position, t.type, t.gain, t.bias, ids, positions, types, padding, eps, dropout, dtype, grain);
}

}  // namespace gobert
