// The vocabulary projection and its loss on a card, a chunk of rows at a time; see cross_entropy.cu. As on the CPU, gradients are
// taken while a chunk's logits are at hand.
#include <torch/csrc/autograd/custom_function.h>

#include "../../kernels/column_sum.h"
#include "../../kernels/sink.h"
#include "cuda.h"
#include "launch.h"
#include "saved.h"

namespace gobert::cuda {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// kChunkBytes of logits are at hand at a time: enough for full-speed products, little beside a batch's activations.
constexpr int64_t kChunkBytes = 512 << 20;

// kAlignment is the number of elements that a row of logits is rounded up to: products are faster on rows that begin at multiples
// of 128 bytes, which the 30,522 of BERT's vocabulary do not make.
constexpr int64_t kAlignment = 64;

struct MaskedLM : torch::autograd::Function<MaskedLM> {
  static variable_list forward(AutogradContext *ctx, const at::Tensor &h, const at::Tensor &word, const at::Tensor &bias,
                               const at::Tensor &compute, const at::Tensor &targets, const gobert::Incoming &incoming, bool want_grad) {
    const int64_t rows = h.size(0), width = word.size(0), asked = count_asked(targets);
    TORCH_CHECK(asked > 0, "a masked language model loss needs at least one masked row");
    const int64_t stride = (width + kAlignment - 1) / kAlignment * kAlignment;
    const int64_t each = std::min(rows, std::max<int64_t>(1, kChunkBytes / (stride * static_cast<int64_t>(h.element_size()))));
    auto losses = at::empty({rows}, h.options().dtype(at::kFloat)), correct = at::empty({rows}, h.options().dtype(at::kLong));
    auto room = at::empty({each, stride}, h.options());
    at::Tensor dh, dword, dbias;
    if (want_grad) dh = at::empty_like(h);
    const float scale = want_grad ? static_cast<float>(incoming.number / static_cast<double>(asked)) : 0.0f;
    for (int64_t first = 0; first < rows; first += each) {
      const int64_t n = std::min(each, rows - first);
      const auto part = h.narrow(0, first, n);
      auto logits = room.narrow(0, 0, n).narrow(1, 0, width);  // [n,V]
      at::mm_out(logits, part, compute.t());
      CrossEntropy a{writable(logits), floats(bias), ints(targets) + first, float_room(losses) + first,
                     reinterpret_cast<i64 *>(correct.data_ptr<int64_t>() + first), stride, static_cast<u32>(width), scale, floats(incoming.times)};
      launch({Unit::CrossEntropy, h.scalar_type(), 0, all_aligned(width, {a.logits, a.added})}, "cross_entropy", h.device(),
             {static_cast<unsigned>(n)}, 512, &a);
      if (!want_grad) continue;
      auto into = dh.narrow(0, first, n);
      at::mm_out(into, logits, compute);
      if (wants(word)) gather(dword, weight_gradient(word, logits, part));
      if (wants(bias)) gather(dbias, bias_gradient(bias, logits));
    }
    if (want_grad) ctx->save_for_backward({dh, dword, dbias, incoming.times});
    ctx->saved_data["scale"] = incoming.number;
    auto count = correct.sum();
    ctx->mark_non_differentiable({count});
    return {losses.sum().div_(static_cast<double>(asked)), count};
  }

  // count_asked leaves out rows with the target -1, which only round up the number of rows. Such are for the CPU alone: counting
  // them elsewhere would wait for the device.
  static int64_t count_asked(const at::Tensor &targets) {
    return targets.is_cpu() ? targets.ge(0).sum().item<int64_t>() : targets.size(0);
  }

  // gather adds up what did not go into a sink.
  static void gather(at::Tensor &total, const at::Tensor &part) {
    if (part.defined()) total = total.defined() ? total.add_(part) : part;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    // Reading the incoming gradient would wait for the device: what is not sunk is scaled there, and what is sunk is trusted.
    // The ratio is taken in fp32: a loss scale is beyond fp16, and a third of a batch is no bfloat16.
    auto ratio = grads[0].to(at::kFloat).div(ctx->saved_data["scale"].toDouble());
    if (saved[3].defined()) ratio = ratio.div(saved[3]);
    auto times = [&](const at::Tensor &t) { return t.defined() ? t.mul(ratio) : t; };
    return {times(saved[0]), times(saved[1]), times(saved[2]), {}, {}, {}, {}};
  }
};

}  // namespace

bool serves_masked_lm(const at::Tensor &h) {
  return ready(Unit::CrossEntropy, h.device(), h.scalar_type()) && serves_linear(h);
}

std::tuple<at::Tensor, at::Tensor> masked_lm_loss(const at::Tensor &h, const at::Tensor &word, const at::Tensor &compute,
                                                  const at::Tensor &bias, const at::Tensor &targets, const gobert::Incoming &incoming, bool want_grad) {
  want_grad = want_grad && (wants(h) || wants(word) || wants(bias));
  auto out = MaskedLM::apply(h.contiguous(), word, bias, compute.detach().to(h.scalar_type()), targets, incoming, want_grad);
  return {out[0], out[1]};
}

}  // namespace gobert::cuda
