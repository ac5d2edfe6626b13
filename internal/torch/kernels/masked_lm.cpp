// The vocabulary projection and its cross-entropy, a chunk of rows at a time: the logits [M,V] are never held as a whole.
// Gradients are taken in the forward pass while a chunk's logits are at hand, as in Liger-Kernel's fused linear
// cross-entropy (Hsu et al. 2024).
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "column_sum.h"
#include "kernels.h"
#include "product.h"
#include "sink.h"
#include "softmax_rows.h"

namespace gobert {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// loss_row turns a row of logits into its gradient (softmax minus one-hot, times scale) and gives its loss; with scale 0 the
// row stays as it is. correct says whether the target's logit is the largest.
template <typename T>
GOBERT_INLINED float loss_row(T *x, int64_t width, int64_t target, float scale, bool &correct) {
  float most = -INFINITY, total = 0;
#pragma omp simd reduction(max : most)
  for (int64_t i = 0; i < width; i++) {
    const float v = widen(x[i]);
    most = v > most ? v : most;
  }
#pragma omp simd reduction(+ : total)
  for (int64_t i = 0; i < width; i++) total += fast_exp(widen(x[i]) - most);
  const float at_target = widen(x[target]);
  correct = at_target == most;
  if (scale != 0) {
    const float factor = scale / total;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) narrow(fast_exp(widen(x[i]) - most) * factor, x[i]);
    narrow(std::exp(at_target - most) * factor - scale, x[target]);
  }
  return most + std::log(total) - at_target;
}

GOBERT_VECTORS float row_loss(float *x, int64_t width, int64_t target, float scale, bool &correct) {
  return loss_row(x, width, target, scale, correct);
}
GOBERT_VECTORS float row_loss(bf16 *x, int64_t width, int64_t target, float scale, bool &correct) {
  return loss_row(x, width, target, scale, correct);
}

template <typename T>
void chunk_loss(T *logits, const int32_t *targets, int64_t rows, int64_t width, float scale, float *loss, int64_t *correct) {
  at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) {
      bool right = false;
      if (targets[r] < 0) {  // a row that only rounds up their number
        std::fill_n(logits + r * width, width, T{});
        loss[r] = 0, correct[r] = 0;
        continue;
      }
      loss[r] = row_loss(logits + r * width, width, targets[r], scale, right);
      correct[r] = right;
    }
  });
}

// chunk_loss_anywhere does the same with LibTorch's operators, for devices and types without a loop of ours. rounded says that
// some targets are -1: rows that only round up their number.
at::Tensor chunk_loss_anywhere(at::Tensor &logits, const at::Tensor &targets, float scale, const at::Tensor &times, bool rounded, at::Tensor &correct) {
  auto labels = targets.to(at::kLong).unsqueeze(1);
  correct = logits.argmax(1, true).eq(labels).squeeze(1).to(at::kLong);
  auto logs = at::log_softmax(logits, 1, at::kFloat);
  const auto unasked = rounded ? labels.lt(0) : at::Tensor();  // [n,1]
  if (rounded) labels = labels.clamp_min(0);
  auto losses = logs.gather(1, labels).neg_().squeeze(1);
  if (rounded) losses.masked_fill_(unasked.squeeze(1), 0);
  if (scale != 0) {
    auto gradient = logs.exp_();
    gradient.scatter_add_(1, labels, at::full({}, -1.0, gradient.options()).expand(labels.sizes()));
    if (rounded) gradient.masked_fill_(unasked, 0);
    if (times.defined()) gradient.mul_(times);
    logits.copy_(gradient.mul_(scale));
  }
  return losses;
}

// kChunkBytes of logits are at hand at a time: few enough to bound memory, enough for full-speed products.
constexpr int64_t kChunkBytes = 64 << 20;

struct MaskedLM : torch::autograd::Function<MaskedLM> {
  static variable_list forward(AutogradContext *ctx, const at::Tensor &h, const at::Tensor &word, const at::Tensor &bias,
                               const at::Tensor &compute, const at::Tensor &targets, const Incoming &incoming, bool want_grad) {
    const int64_t rows = h.size(0), width = word.size(0), asked = count_asked(targets);
    TORCH_CHECK(asked > 0, "a masked language model loss needs at least one masked row");
    const int64_t each = std::max<int64_t>(1, kChunkBytes / (width * static_cast<int64_t>(h.element_size())));
    auto losses = at::empty({rows}, h.options().dtype(at::kFloat));
    auto correct = at::empty({rows}, h.options().dtype(at::kLong));
    auto b = bias.to(h.scalar_type());
    at::Tensor dh, dword, dbias;
    if (want_grad) dh = at::empty_like(h);
    const float scale = want_grad ? static_cast<float>(incoming.number / static_cast<double>(asked)) : 0.0f;
    for (int64_t first = 0; first < rows; first += each) {
      const int64_t n = std::min(each, rows - first);
      auto part = h.narrow(0, first, n);
      auto logits = product(part, compute, b);  // [n,V]
      take_loss(logits, targets.narrow(0, first, n), scale, incoming.times, asked < rows, losses.narrow(0, first, n), correct.narrow(0, first, n));
      if (!want_grad) continue;
      dh.narrow(0, first, n).copy_(product(logits, compute.t(), {}));
      if (wants(word)) gather(dword, weight_gradient(word, logits, part));
      if (wants(bias)) gather(dbias, deposit(bias, column_sum(logits)));
    }
    if (want_grad) ctx->save_for_backward({dh, dword, dbias, incoming.times});
    ctx->saved_data["scale"] = incoming.number;
    ctx->saved_data["sunk"] = sink(word).defined() || sink(bias).defined();
    auto count = correct.sum();
    ctx->mark_non_differentiable({count});
    return {asked == rows ? losses.mean() : losses.sum().div_(static_cast<double>(asked)), count};
  }

  static void take_loss(at::Tensor &logits, const at::Tensor &targets, float scale, const at::Tensor &times, bool rounded, at::Tensor losses,
                        at::Tensor correct) {
    if (!supported(logits)) {
      at::Tensor right;
      losses.copy_(chunk_loss_anywhere(logits, targets, scale, times, rounded, right));
      correct.copy_(right);
      return;
    }
    const auto *t = targets.const_data_ptr<int32_t>();
    auto *l = losses.data_ptr<float>();
    auto *c = correct.data_ptr<int64_t>();
    if (logits.scalar_type() == at::kFloat)
      chunk_loss(logits.data_ptr<float>(), t, logits.size(0), logits.size(1), scale, l, c);
    else
      chunk_loss(reinterpret_cast<bf16 *>(logits.data_ptr()), t, logits.size(0), logits.size(1), scale, l, c);
  }

  // count_asked leaves out rows with the target -1, which only round up the number of rows. They are for the CPU: counting
  // them on another device would wait for it.
  static int64_t count_asked(const at::Tensor &targets) {
    if (!targets.is_cpu()) return targets.size(0);
    const auto *t = targets.const_data_ptr<int32_t>();
    return std::count_if(t, t + targets.size(0), [](int32_t id) { return id >= 0; });
  }

  // gather adds up what did not go into a sink.
  static void gather(at::Tensor &total, const at::Tensor &part) {
    if (part.defined()) total = total.defined() ? total.add_(part) : part;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    auto saved = ctx->get_saved_variables();
    const double scale = ctx->saved_data["scale"].toDouble();
    if (!grads[0].is_cpu()) {
      // Reading the incoming gradient would wait for the device: what is not sunk is scaled there, and what is sunk is trusted.
      // The ratio is taken in fp32: a loss scale is beyond fp16, and a third of a batch is no bfloat16.
      auto ratio = grads[0].to(at::kFloat).div(scale);
      if (saved[3].defined()) ratio = ratio.div(saved[3]);
      auto times = [&](const at::Tensor &t) { return t.defined() ? t.mul(ratio) : t; };
      return {times(saved[0]), times(saved[1]), times(saved[2]), {}, {}, {}, {}};
    }
    const double incoming = grads[0].item<double>();
    TORCH_CHECK(!ctx->saved_data["sunk"].toBool() || incoming == scale, "the gradient that flows into the loss is ", incoming,
                ", but the word gradients were taken for ", scale);
    auto times = [&](const at::Tensor &t) { return !t.defined() || incoming == scale ? t : t.mul(incoming / scale); };
    return {times(saved[0]), times(saved[1]), times(saved[2]), {}, {}, {}, {}};
  }
};

}  // namespace

std::tuple<at::Tensor, at::Tensor> masked_lm_loss(const at::Tensor &h, const at::Tensor &word, const at::Tensor &compute,
                                                  const at::Tensor &bias, const at::Tensor &targets, const Incoming &incoming, bool want_grad) {
  TORCH_CHECK(!incoming.times.defined() || !h.is_cpu(), "the gradient that flows into a loss on the CPU is a number of the host");
  at::Tensor detached = compute.detach();
  want_grad = want_grad && (wants(h) || wants(word) || wants(bias));
  auto out = MaskedLM::apply(h.contiguous(), word, bias, detached, targets, incoming, want_grad);
  return {out[0], out[1]};
}

}  // namespace gobert
