// Attention over packed sequences by the kernels that come with LibTorch for GPUs: flash attention (Dao 2023) where it can be
// used, memory-efficient attention (Rabe and Staats 2021, in xFormers' form) elsewhere. Both know where sequences begin; there
// is no loop over them.
#include "device_attention.h"

#include <cmath>
#include <mutex>

#include "cuda.h"
#include "graph.h"

namespace gobert {
namespace {

constexpr int kAmpere = 80;
// Above this width flash attention has no backward pass with dropout on the cards of capability 8.6 and 8.9.
constexpr int64_t kWidestFlash = 192;

// mixed spreads its bits over the whole word (the end of SplitMix64).
uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

// settle puts the device's generator into a state that seed and site determine. The kernels take their random numbers from it
// when they are called, and hand that state on to the backward pass.
void settle(const at::Device &device, const Dropout &dropout) {
  if (settle_in_graph(device, dropout)) return;
  auto generator = at::globalContext().defaultGenerator(device);
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(attention_seed(dropout));
}

}  // namespace

uint64_t attention_seed(const Dropout &dropout) { return mixed(dropout.seed + mixed(dropout.site)); }

AttentionPath attention_path(int capability, at::ScalarType dtype, int64_t head) {
  const bool half = dtype == at::kHalf || dtype == at::kBFloat16;
  if (half && capability >= kAmpere && head <= kWidestFlash) return AttentionPath::flash;
  return dtype == at::kBFloat16 && capability < kAmpere ? AttentionPath::efficient_in_fp32 : AttentionPath::efficient;
}

Projections thirds(const at::Tensor &qkv) {
  const auto parts = qkv.view({qkv.size(0), 3, qkv.size(1) / 3}).unbind(1);
  return {parts[0], parts[1], parts[2]};
}

at::Tensor device_attention(const Projections &qkv, const at::Tensor &offsets, int64_t longest, int64_t heads, double rate,
                            const Dropout &dropout) {
  const auto &given = qkv[0];
  const int64_t tokens = given.size(0), width = given.size(1), head = width / heads;
  const auto path = attention_path(capability(given.device().index()), given.scalar_type(), head);
  const double scale = 1 / std::sqrt(static_cast<double>(head));
  // The kernels load 16 bytes at a time: other heads are filled up with zeros, which add nothing to a product.
  const auto type = path == AttentionPath::efficient_in_fp32 ? at::kFloat : given.scalar_type();
  const int64_t step = 16 / static_cast<int64_t>(at::elementSize(type)), lacking = (step - head % step) % step;
  Projections parts;  // [N,A,D] each
  for (int i = 0; i < 3; i++) {
    parts[i] = qkv[i].to(type).view({tokens, heads, head});
    if (lacking > 0) parts[i] = at::constant_pad_nd(parts[i], {0, lacking});
  }
  if (rate > 0) settle(given.device(), dropout);
  at::Tensor out;
  if (path == AttentionPath::flash) {
    out = std::get<0>(at::_flash_attention_forward(parts[0], parts[1], parts[2], offsets, offsets, longest, longest, rate,
                                                   /*is_causal=*/false, /*return_debug_mask=*/false, scale));
  } else {
    const bool keep = c10::GradMode::is_enabled() && given.requires_grad();
    out = std::get<0>(at::_efficient_attention_forward(parts[0].unsqueeze(0), parts[1].unsqueeze(0), parts[2].unsqueeze(0), std::nullopt,
                                                       offsets, offsets, longest, longest, rate, /*custom_mask_type=*/0, keep, scale))
              .squeeze(0);
  }
  if (lacking > 0) out = out.narrow(-1, 0, head);
  return out.reshape({tokens, width}).to(given.scalar_type());
}

}  // namespace gobert
