// Attention over packed sequences by the kernels that come with LibTorch for GPUs: flash attention (Dao 2023) where it can be
// used, memory-efficient attention (Rabe and Staats 2021, in xFormers' form) elsewhere. Both know where sequences begin; there
// is no loop over them.
#include "device_attention.h"

#include <cmath>
#include <mutex>

#include "cuda.h"

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
  auto generator = at::globalContext().defaultGenerator(device);
  std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(mixed(dropout.seed + mixed(dropout.site)));
}

}  // namespace

AttentionPath attention_path(int capability, at::ScalarType dtype, int64_t head) {
  const bool half = dtype == at::kHalf || dtype == at::kBFloat16;
  if (half && capability >= kAmpere && head <= kWidestFlash) return AttentionPath::flash;
  return dtype == at::kBFloat16 && capability < kAmpere ? AttentionPath::efficient_in_fp32 : AttentionPath::efficient;
}

at::Tensor device_attention(const at::Tensor &qkv, const at::Tensor &offsets, int64_t longest, int64_t heads, double rate,
                            const Dropout &dropout) {
  const int64_t tokens = qkv.size(0), width = qkv.size(1) / 3, head = width / heads;
  const auto path = attention_path(capability(qkv.device().index()), qkv.scalar_type(), head);
  const double scale = 1 / std::sqrt(static_cast<double>(head));
  auto x = path == AttentionPath::efficient_in_fp32 ? qkv.to(at::kFloat) : qkv;
  x = x.view({tokens, 3, heads, head});
  // The kernels load 16 bytes at a time: other heads are filled up with zeros, which add nothing to a product.
  const int64_t step = 16 / static_cast<int64_t>(x.element_size()), lacking = (step - head % step) % step;
  if (lacking > 0) x = at::constant_pad_nd(x, {0, lacking});
  auto parts = x.unbind(1);  // q, k, v: [N,A,D]
  if (rate > 0) settle(qkv.device(), dropout);
  at::Tensor out;
  if (path == AttentionPath::flash) {
    out = std::get<0>(at::_flash_attention_forward(parts[0], parts[1], parts[2], offsets, offsets, longest, longest, rate,
                                                   /*is_causal=*/false, /*return_debug_mask=*/false, scale));
  } else {
    const bool keep = c10::GradMode::is_enabled() && qkv.requires_grad();
    out = std::get<0>(at::_efficient_attention_forward(parts[0].unsqueeze(0), parts[1].unsqueeze(0), parts[2].unsqueeze(0), std::nullopt,
                                                       offsets, offsets, longest, longest, rate, /*custom_mask_type=*/0, keep, scale))
              .squeeze(0);
  }
  if (lacking > 0) out = out.narrow(-1, 0, head);
  return out.reshape({tokens, width}).to(qkv.scalar_type());
}

}  // namespace gobert
