// The masks of philox.h from LibTorch's operators, for devices without a kernel of ours: the same bits everywhere, so that seed,
// resume and computing again hold, and a run on a GPU drops what it drops on the CPU. It takes some hundred operators over an
// eighth of the matrix in 64-bit numbers: right, and slow.
#include "dropout_mask.h"

#include "../kernels/kernels.h"
#include "graph.h"

namespace gobert {
namespace {

constexpr int64_t kLow = 0xFFFFFFFF;

at::Tensor low(const at::Tensor &x) { return x.bitwise_and(kLow); }

// high is the upper half of a product that may have wrapped: the shift of a negative number brings ones, which are cut off.
at::Tensor high(const at::Tensor &x) { return x.bitwise_right_shift(32).bitwise_and_(kLow); }

// random_words are the four words of each counter of each row, [rows, groups * kLanes] each; see dropout_group.
std::vector<at::Tensor> random_words(const Dropout &d, int64_t rows, int64_t groups, uint64_t first, at::Device device) {
  const auto options = at::TensorOptions().dtype(at::kLong).device(device);
  const auto row = at::arange(static_cast<int64_t>(first), static_cast<int64_t>(first) + rows, options).unsqueeze(1);  // [rows,1]
  auto c0 = at::arange(groups * kLanes, options).unsqueeze(0);                                                        // [1,counters]
  auto c1 = low(row), c2 = at::full({1, 1}, static_cast<int64_t>(d.site & kLow), options);
  auto c3 = row.bitwise_right_shift(32).bitwise_xor_(static_cast<int64_t>(d.site >> 32));
  int64_t k0 = static_cast<int64_t>(d.seed & kLow), k1 = static_cast<int64_t>(d.seed >> 32);
  for (int round = 0; round < 7; round++) {
    const auto a = c0.mul(static_cast<int64_t>(0xD2511F53)), b = c2.mul(static_cast<int64_t>(0xCD9E8D57));
    c0 = high(b).bitwise_xor(c1).bitwise_xor_(k0);
    c2 = high(a).bitwise_xor(c3).bitwise_xor_(k1);
    c1 = low(b);
    c3 = low(a);
    k0 = (k0 + 0x9E3779B9) & kLow;
    k1 = (k1 + 0xBB67AE85) & kLow;
  }
  return {c0, c1, c2, c3};
}

// dropped says of each element of a matrix whether it is dropped.
at::Tensor dropped(int64_t rows, int64_t width, const Dropout &d, uint64_t first, at::Device device) {
  c10::NoGradGuard no_grad;
  if (device.is_cpu()) return dropout_factors(rows, width, d, first).eq(0);
  refuse_in_graph("dropout by LibTorch's operators");
  const int64_t groups = padded(width) / kGroup;
  const auto threshold = static_cast<int64_t>(d.threshold);
  std::vector<at::Tensor> lanes;  // [rows,groups,1,kLanes] each, in the order of columns
  for (const auto &w : random_words(d, rows, groups, first, device)) {
    for (const auto &bits : {w.bitwise_and(0xFFFF), w.bitwise_right_shift(16)})
      lanes.push_back(bits.lt(threshold).view({rows, groups, 1, kLanes}));
  }
  return at::cat(lanes, 2).view({rows, groups * kGroup}).narrow(1, 0, width);
}

}  // namespace

at::Tensor drop(const at::Tensor &x, const Dropout &d, uint64_t first) {
  if (!d.on()) return x;
  return x.mul(d.scale).masked_fill(dropped(x.size(0), x.size(1), d, first, x.device()), 0);
}

}  // namespace gobert
