// Self-attention over packed sequences on the CPU: one task per sequence and head, whose scores stay in the second-level
// cache; they are computed again in the backward pass from the logarithms of the softmax's sums (Dao et al. 2022), so
// nothing of size T x T is ever stored.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "attention_rows.h"
#include "gemm.h"
#include "kernels.h"

namespace gobert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Sequences is what all tasks share: where sequences begin, and the widths.
struct Sequences {
  const int32_t *offsets;
  int64_t count, heads, width, head, longest;
  float scale;

  Sequences(const at::Tensor &offsets_, int64_t heads, int64_t width)
      : offsets(offsets_.const_data_ptr<int32_t>()), count(offsets_.numel() - 1), heads(heads), width(width), head(width / heads), longest(0),
        scale(static_cast<float>(1.0 / std::sqrt(static_cast<double>(head)))) {
    for (int64_t s = 0; s < count; s++) longest = std::max<int64_t>(longest, offsets[s + 1] - offsets[s]);
  }
  int64_t length(int64_t s) const { return offsets[s + 1] - offsets[s]; }
  // mask_row numbers the rows of all heads' masks: head by head, token by token.
  uint64_t mask_row(int64_t s, int64_t h) const { return static_cast<uint64_t>(h) * offsets[count] + offsets[s]; }
};

void forward_all(const Sequences &q, const float *qkv, float *out, float *lse, const Dropout &dropout) {
  const int64_t stride = 3 * q.width, n = q.offsets[q.count];
  at::parallel_for(0, q.count * q.heads, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> scores(q.longest * q.longest), factor(padded(q.longest));
    for (int64_t i = begin; i < end; i++) {
      const int64_t s = i / q.heads, h = i % q.heads, t = q.length(s), first = q.offsets[s];
      const float *at = qkv + first * stride + h * q.head;
      gemm(false, true, t, t, q.head, q.scale, at, stride, at + q.width, stride, 0, scores.data(), t);
      softmax_rows(scores.data(), t, lse ? lse + h * n + first : nullptr, dropout, q.mask_row(s, h), factor.data());
      gemm(false, false, t, q.head, t, 1, scores.data(), t, at + 2 * q.width, stride, 0, out + first * q.width + h * q.head, q.width);
    }
  });
}

void backward_all(const Sequences &q, const float *qkv, const float *lse, const float *dout, float *dqkv, const Dropout &dropout) {
  const int64_t stride = 3 * q.width, n = q.offsets[q.count];
  at::parallel_for(0, q.count * q.heads, 1, [&](int64_t begin, int64_t end) {
    std::vector<float> scores(q.longest * q.longest), gradient(q.longest * q.longest), factor(padded(q.longest));
    for (int64_t i = begin; i < end; i++) {
      const int64_t s = i / q.heads, h = i % q.heads, t = q.length(s), first = q.offsets[s];
      const float *at = qkv + first * stride + h * q.head, *d = dout + first * q.width + h * q.head;
      float *g = dqkv + first * stride + h * q.head;
      gemm(false, true, t, t, q.head, q.scale, at, stride, at + q.width, stride, 0, scores.data(), t);
      gemm(false, true, t, t, q.head, 1, d, q.width, at + 2 * q.width, stride, 0, gradient.data(), t);
      score_gradient_rows(scores.data(), gradient.data(), t, lse + h * n + first, dropout, q.mask_row(s, h), factor.data());
      gemm(false, false, t, q.head, t, q.scale, gradient.data(), t, at + q.width, stride, 0, g, stride);
      gemm(true, false, t, q.head, t, q.scale, gradient.data(), t, at, stride, 0, g + q.width, stride);
      gemm(true, false, t, q.head, t, 1, scores.data(), t, d, q.width, 0, g + 2 * q.width, stride);
    }
  });
}

struct Attention : torch::autograd::Function<Attention> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &qkv, const at::Tensor &offsets, int64_t heads, const Dropout &dropout,
                            bool keep) {
    auto x = qkv.to(at::kFloat).contiguous();
    const int64_t n = x.size(0), width = x.size(1) / 3;
    auto out = at::empty({n, width}, x.options());
    auto lse = keep ? at::empty({heads, n}, x.options()) : at::Tensor();
    Sequences q(offsets, heads, width);
    forward_all(q, x.const_data_ptr<float>(), out.data_ptr<float>(), keep ? lse.data_ptr<float>() : nullptr, dropout);
    auto result = out.to(qkv.scalar_type());
    if (keep) {
      ctx->save_for_backward({qkv, offsets, lse});
      ctx->saved_data["heads"] = heads;
      ctx->saved_data["threshold"] = static_cast<int64_t>(dropout.threshold);
      ctx->saved_data["seed"] = static_cast<int64_t>(dropout.seed);
      ctx->saved_data["site"] = static_cast<int64_t>(dropout.site);
    }
    return result;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    auto saved = ctx->get_saved_variables();
    Dropout dropout(static_cast<double>(ctx->saved_data["threshold"].toInt()) / 65536,
                    static_cast<uint64_t>(ctx->saved_data["seed"].toInt()), static_cast<uint64_t>(ctx->saved_data["site"].toInt()));
    auto x = saved[0].to(at::kFloat).contiguous(), dout = grads[0].to(at::kFloat).contiguous();
    auto dx = at::empty_like(x);
    Sequences q(saved[1], ctx->saved_data["heads"].toInt(), x.size(1) / 3);
    backward_all(q, x.const_data_ptr<float>(), saved[2].const_data_ptr<float>(), dout.const_data_ptr<float>(),
                 dx.data_ptr<float>(), dropout);
    return {dx.to(saved[0].scalar_type()), {}, {}, {}, {}};
  }
};

}  // namespace

at::Tensor attention(const at::Tensor &qkv, const at::Tensor &offsets, int64_t heads, const Dropout &dropout) {
  const bool keep = c10::GradMode::is_enabled() && qkv.requires_grad();
  return Attention::apply(qkv, offsets, heads, dropout, keep);
}

}  // namespace gobert
