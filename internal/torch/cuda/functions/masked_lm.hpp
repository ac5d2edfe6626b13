// The vocabulary projection and its loss on a card, a chunk of rows at a time; see cross_entropy.cu. As on the CPU, gradients are
// taken while a chunk's logits are at hand.
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

// kChunkBytes of logits are at hand at a time: enough for full-speed products, little beside a batch's activations.
constexpr int64_t kChunkBytes = 512 << 20;

// kAlignment is the number of elements that a row of logits is rounded up to: products are faster on rows that begin at multiples
// of 128 bytes, which the 30,522 of BERT's vocabulary do not make.
constexpr int64_t kAlignment = 64;

constexpr unsigned kThreads = 512;

struct MaskedLM : torch::autograd::Function<MaskedLM> {
  static variable_list forward(AutogradContext *ctx, const at::Tensor &h, const at::Tensor &word, const at::Tensor &bias,
                               const at::Tensor &compute, const at::Tensor &targets, const gobert::Incoming &incoming, bool want_grad) {
    ctx->set_materialize_grads(false);
    const int64_t rows = h.size(0), width = word.size(0);
    TORCH_CHECK(!targets.is_cpu() || targets.ge(0).any().item<bool>(), "a masked language model loss needs at least one masked row");
    const int64_t stride = (width + kAlignment - 1) / kAlignment * kAlignment;
    const int64_t each = std::min(rows, std::max<int64_t>(1, kChunkBytes / (stride * static_cast<int64_t>(h.element_size()))));
    const auto numbers = h.options().dtype(at::kFloat);
    auto asked = at::empty({1}, numbers), losses = at::empty({2, rows}, numbers), result = at::empty({2}, numbers);
    auto room = at::empty({each, stride}, h.options());
    at::Tensor dh, dword, sums;  // sums are of the bias' gradient: bands of each chunk
    const int64_t chunks = (rows + each - 1) / each, bands = bands_of(each, blocks_of_columns(width));
    if (want_grad) dh = at::empty_like(h);
    if (want_grad && wants(bias)) sums = at::empty({chunks * bands, width}, numbers);
    of_all("count_targets", CountTargets{ints(targets), float_room(asked), rows}, h);
    for (int64_t first = 0; first < rows; first += each) {
      const int64_t n = std::min(each, rows - first);
      const auto part = h.narrow(0, first, n);
      auto logits = room.narrow(0, 0, n).narrow(1, 0, width);  // [n,V]
      at::mm_out(logits, part, compute.t());
      CrossEntropy a{writable(logits),
                     floats(bias),
                     ints(targets) + first,
                     floats(asked),
                     float_room(losses) + first,
                     rows,
                     stride,
                     static_cast<u32>(width),
                     want_grad ? static_cast<float>(incoming.number) : 0.0f,
                     floats(incoming.times)};
      launch({Unit::CrossEntropy, h.scalar_type(), 0, all_aligned(width, {a.logits, a.added})}, "cross_entropy", h.device(),
             {static_cast<unsigned>(n)}, kThreads, &a);
      if (!want_grad) continue;
      auto into = dh.narrow(0, first, n);
      at::mm_out(into, logits, compute);
      if (wants(word)) gather(dword, weight_gradient(word, logits, part));
      if (wants(bias)) band_sums(logits, sums.narrow(0, first / each * bands, bands));
    }
    of_all("mean_loss", MeanLoss{floats(losses), floats(asked), float_room(result), rows}, h);
    if (want_grad) ctx->save_for_backward({dh, dword, sums, bias, incoming.times});
    ctx->saved_data["scale"] = incoming.number;
    ctx->saved_data["sunk"] = sink(word).defined() || sink(bias).defined();
    auto correct = result.select(0, 1).detach();
    ctx->mark_non_differentiable({correct});
    return {result.select(0, 0).detach(), correct};
  }

  // of_all launches a kernel of one block that looks at all rows.
  template <class Arguments>
  static void of_all(const char *kernel, const Arguments &a, const at::Tensor &h) {
    launch({Unit::CrossEntropy, h.scalar_type(), 0, h.size(1) % 8 == 0}, kernel, h.device(), {1}, kThreads, &a);
  }

  // gather adds up what did not go into a sink.
  static void gather(at::Tensor &total, const at::Tensor &part) {
    if (part.defined()) total = total.defined() ? total.add_(part) : part;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    auto db = finish(saved[2], 0, saved[3]);
    // What went into a sink was taken for a gradient of scale, and is trusted; reading the one that comes would wait for the device.
    if (ctx->saved_data["sunk"].toBool()) return {saved[0], saved[1], db, {}, {}, {}, {}};
    // Else it is scaled there. The ratio is taken in fp32: a loss scale is beyond fp16, and a third of a batch is no bfloat16.
    auto ratio = grads[0].to(at::kFloat).div(ctx->saved_data["scale"].toDouble());
    if (saved[4].defined()) ratio = ratio.div(saved[4]);
    auto times = [&](const at::Tensor &t) { return t.defined() ? t.mul(ratio) : t; };
    return {times(saved[0]), times(saved[1]), times(db), {}, {}, {}, {}};
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
