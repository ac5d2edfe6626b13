// The two attentions that CUDA has and the CPU has not, over packed sequences: flash and memory-efficient. Plain loops, summed
// in double; they refuse what the kernels refuse.
#include <ATen/EmptyTensor.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/library.h>

#include <cmath>

#include "counts.h"
#include "generator.h"
#include "host.h"
#include "memory.h"
#include "queue.h"
#include "settings.h"

namespace standin {
namespace {

using at::Tensor;
using Integer = std::optional<int64_t>;
using Maybe = std::optional<Tensor>;

// Packed is queries, keys and values of whole sequences, [N,A,D] in fp32 on the host.
struct Packed {
  Tensor q, k, v, offsets;
  int64_t heads, width;
  double scale, rate;
  Draw random;

  Packed(const Tensor &q_, const Tensor &k_, const Tensor &v_, const Tensor &offsets_, std::optional<double> scale_, double rate, Draw random)
      : q(floats(q_)), k(floats(k_)), v(floats(v_)), offsets(offsets_.contiguous()), heads(q.size(1)), width(q.size(2)),
        scale(scale_.value_or(1 / std::sqrt(static_cast<double>(width)))), rate(rate), random(random) {}

  static Tensor floats(const Tensor &t) { return t.to(at::kFloat).contiguous(); }

  static float *row(const Tensor &t, int64_t token, int64_t head) {
    return t.data_ptr<float>() + (token * t.size(1) + head) * t.size(2);
  }

  double dot(const float *a, const float *b) const {
    double sum = 0;
    for (int64_t i = 0; i < width; i++) sum += static_cast<double>(a[i]) * b[i];
    return sum;
  }

  // each calls f(first, last, head, query, probabilities) for every query of every sequence and head.
  template <typename F>
  void each(F f) const {
    const auto *begins = offsets.data_ptr<int32_t>();
    std::vector<double> p;
    for (int64_t s = 0; s + 1 < offsets.numel(); s++) {
      for (int64_t h = 0; h < heads; h++) {
        for (int64_t i = begins[s]; i < begins[s + 1]; i++) {
          p.assign(static_cast<size_t>(begins[s + 1] - begins[s]), 0);
          double most = -INFINITY, total = 0;
          for (int64_t j = begins[s]; j < begins[s + 1]; j++)
            most = std::max(most, p[j - begins[s]] = scale * dot(row(q, i, h), row(k, j, h)));
          for (auto &x : p) total += x = std::exp(x - most);
          for (auto &x : p) x /= total;
          f(begins[s], begins[s + 1], h, i, p);
        }
      }
    }
  }

  // factor is what dropout multiplies a probability by.
  double factor(int64_t h, int64_t i, int64_t j) const {
    if (rate == 0) return 1;
    const auto n = static_cast<uint64_t>(q.size(0));
    return kept(random, (static_cast<uint64_t>(h) * n + static_cast<uint64_t>(i)) * n + static_cast<uint64_t>(j), rate) ? 1 / (1 - rate) : 0;
  }

  Tensor forward() const {
    auto out = at::zeros(q.sizes(), q.options());
    each([&](int64_t first, int64_t last, int64_t h, int64_t i, const std::vector<double> &p) {
      std::vector<double> sum(static_cast<size_t>(width));
      for (int64_t j = first; j < last; j++) {
        const double w = p[j - first] * factor(h, i, j);
        const float *vj = row(v, j, h);
        for (int64_t d = 0; d < width; d++) sum[d] += w * vj[d];
      }
      float *result = row(out, i, h);
      for (int64_t d = 0; d < width; d++) result[d] = static_cast<float>(sum[d]);
    });
    return out;
  }

  std::tuple<Tensor, Tensor, Tensor> backward(const Tensor &dout) const {
    auto dq = at::zeros(q.sizes(), q.options()), dk = at::zeros(q.sizes(), q.options()), dv = at::zeros(q.sizes(), q.options());
    each([&](int64_t first, int64_t last, int64_t h, int64_t i, const std::vector<double> &p) {
      std::vector<double> dp(p.size());
      double delta = 0;
      for (int64_t j = first; j < last; j++) {
        dp[j - first] = factor(h, i, j) * dot(row(dout, i, h), row(v, j, h));
        delta += p[j - first] * dp[j - first];
      }
      for (int64_t j = first; j < last; j++) {
        const double ds = scale * p[j - first] * (dp[j - first] - delta), w = p[j - first] * factor(h, i, j);
        const float *qi = row(q, i, h), *kj = row(k, j, h), *di = row(dout, i, h);
        float *dqi = row(dq, i, h), *dkj = row(dk, j, h), *dvj = row(dv, j, h);
        for (int64_t d = 0; d < width; d++) {
          dqi[d] += static_cast<float>(ds * kj[d]);
          dkj[d] += static_cast<float>(ds * qi[d]);
          dvj[d] += static_cast<float>(w * di[d]);
        }
      }
    });
    return {dq, dk, dv};
  }
};

// Begun is an operator on the device of its first argument, and the memory that it touches.
struct Begun {
  Here here;
  Seen seen;
  Begun(const char *name, const Tensor &first) : here(first.device().index()) { operated(name); }

  Tensor in(const Tensor &t) { return seen.host(t); }
  Tensor offsets(const Tensor &t) {
    TORCH_CHECK(t.scalar_type() == at::kInt, "cu_seqlens_q must have dtype int32");
    return in(t);
  }

  // A Result is a tensor of the device, and where its content comes to.
  struct Result {
    Tensor given, room;
  };
  Result out(at::IntArrayRef sizes, at::ScalarType type) {
    Result r;
    r.given = empty_on_device(sizes, at::detail::defaultStrides(sizes), type);
    r.room = in(r.given);
    return r;
  }
  void later(std::function<void()> work) { standin::later(current_device(), std::move(seen), std::move(work)); }
};

void put(const Tensor &room, const Tensor &made) { Tensor(room).copy_(made.view(room.sizes())); }

Tensor word(uint64_t x) {
  auto t = at::empty({}, at::kLong);
  *t.data_ptr<int64_t>() = static_cast<int64_t>(x);
  return t;
}

void check_flash(const Tensor &q) {
  TORCH_CHECK(settings().major >= 8, "FlashAttention only supports Ampere GPUs or newer.");
  TORCH_CHECK(q.scalar_type() == at::kHalf || q.scalar_type() == at::kBFloat16, "FlashAttention only support fp16 and bf16 data type");
  TORCH_CHECK(q.size(2) % 8 == 0, "head_size should be a multiple of 8");
  TORCH_CHECK(q.size(2) <= 256, "FlashAttention forward only supports head dimension at most 256");
  TORCH_CHECK(q.stride(-1) == 1, "Input tensor must have contiguous last dimension");
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> flash(const Tensor &q, const Tensor &k, const Tensor &v, const Maybe &offsets, const Maybe &,
                                                         int64_t, int64_t, double rate, bool, bool, std::optional<double> scale, Integer,
                                                         Integer, const Maybe &, const Maybe &) {
  Begun begun("aten::_flash_attention_forward", q);
  check_flash(q);
  const Drawn drawn = rate > 0 ? draw() : Drawn();
  const auto out = begun.out(q.sizes(), q.scalar_type()), sums = begun.out({q.size(1), q.size(0)}, at::kFloat), state = begun.out({2}, at::kUInt64);
  const auto unused = begun.out({}, at::kUInt64), no_mask = begun.out({0}, q.scalar_type());
  begun.later([=, out = out.room, sums = sums.room, state = state.room, q = begun.in(q), k = begun.in(k), v = begun.in(v),
               at = begun.offsets(*offsets)] {
    const Draw random = drawn.now();
    put(out, Packed(q, k, v, at, scale, rate, random).forward());
    sums.zero_();
    std::memcpy(state.data_ptr(), &random, sizeof(random));
  });
  return {out.given, sums.given, state.given, unused.given, no_mask.given};
}

std::tuple<Tensor, Tensor, Tensor> flash_backward(const Tensor &dout, const Tensor &q, const Tensor &k, const Tensor &v, const Tensor &,
                                                  const Tensor &, const Tensor &offsets, const Tensor &, int64_t, int64_t, double rate, bool,
                                                  const Tensor &state, const Tensor &, std::optional<double> scale, Integer, Integer) {
  Begun begun("aten::_flash_attention_backward", q);
  check_flash(q);
  const auto dq = begun.out(q.sizes(), q.scalar_type()), dk = begun.out(q.sizes(), q.scalar_type()), dv = begun.out(q.sizes(), q.scalar_type());
  begun.later([=, dq = dq.room, dk = dk.room, dv = dv.room, dout = begun.in(dout), q = begun.in(q), k = begun.in(k), v = begun.in(v),
               at = begun.offsets(offsets), state = begun.in(state)] {
    Draw random;
    std::memcpy(&random, state.data_ptr(), sizeof(random));
    const auto [a, b, c] = Packed(q, k, v, at, scale, rate, random).backward(Packed::floats(dout));
    put(dq, a), put(dk, b), put(dv, c);
  });
  return {dq.given, dk.given, dv.given};
}

void check_efficient(const Tensor &q) {
  TORCH_CHECK(q.dim() == 4 && q.size(0) == 1, "with cu_seqlens the batch must be 1");
  TORCH_CHECK(q.scalar_type() != at::kBFloat16 || settings().major >= 8, "cutlassF: no kernel found to launch!");
  const int64_t aligned = q.scalar_type() == at::kFloat ? (settings().major >= 8 ? 4 : 1) : 8;
  TORCH_CHECK(q.size(3) % aligned == 0, "cutlassF: no kernel found to launch!");
  TORCH_CHECK(q.stride(-1) == 1, "query.stride(-1) must be 1");
}

std::tuple<Tensor, Tensor, Tensor, Tensor, c10::SymInt, c10::SymInt> efficient(const Tensor &q, const Tensor &k, const Tensor &v, const Maybe &,
                                                                       const Maybe &offsets, const Maybe &, Integer longest_q,
                                                                       Integer longest_k, double rate, int64_t, bool,
                                                                       std::optional<double> scale, const Maybe &, Integer) {
  Begun begun("aten::_efficient_attention_forward", q);
  check_efficient(q);
  const Drawn drawn = rate > 0 ? draw() : Drawn();
  const auto out = begun.out(q.sizes(), q.scalar_type()), sums = begun.out({1, q.size(2), q.size(1)}, at::kFloat);
  // A graph has seed and offset in the device's memory.
  const auto seed = capturing() ? begun.out({}, at::kLong) : Begun::Result{word(drawn.draw.seed), {}};
  const auto offset = capturing() ? begun.out({}, at::kLong) : Begun::Result{word(drawn.draw.offset), {}};
  begun.later([=, out = out.room, sums = sums.room, seed = seed.room, offset = offset.room, q = begun.in(q), k = begun.in(k), v = begun.in(v),
               at = begun.offsets(*offsets)] {
    const Draw random = drawn.now();
    put(out, Packed(q[0], k[0], v[0], at, scale, rate, random).forward());
    sums.zero_();
    if (seed.defined()) put(seed, word(random.seed)), put(offset, word(random.offset));
  });
  return {out.given, sums.given, seed.given, offset.given, c10::SymInt(longest_q.value_or(0)), c10::SymInt(longest_k.value_or(0))};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> efficient_backward(const Tensor &dout, const Tensor &q, const Tensor &k, const Tensor &v,
                                                              const Maybe &, const Tensor &, const Maybe &offsets, const Maybe &, int64_t,
                                                              int64_t, const Tensor &, double rate, const Tensor &seed, const Tensor &offset,
                                                              int64_t, bool, std::optional<double> scale, Integer, Integer, bool) {
  Begun begun("aten::_efficient_attention_backward", q);
  check_efficient(q);
  const auto dq = begun.out(q.sizes(), q.scalar_type()), dk = begun.out(q.sizes(), q.scalar_type()), dv = begun.out(q.sizes(), q.scalar_type());
  begun.later([=, dq = dq.room, dk = dk.room, dv = dv.room, dout = begun.in(dout), q = begun.in(q), k = begun.in(k), v = begun.in(v),
               at = begun.offsets(*offsets), seed = begun.in(seed), offset = begun.in(offset)] {
    const Draw random{static_cast<uint64_t>(*seed.data_ptr<int64_t>()), static_cast<uint64_t>(*offset.data_ptr<int64_t>())};
    const auto [a, b, c] = Packed(q[0], k[0], v[0], at, scale, rate, random).backward(Packed::floats(dout[0]));
    put(dq, a), put(dk, b), put(dv, c);
  });
  return {dq.given, dk.given, dv.given, Tensor()};
}

TORCH_LIBRARY_IMPL(aten, CUDA, m) {
  m.impl("_flash_attention_forward", &flash);
  m.impl("_flash_attention_backward", &flash_backward);
  m.impl("_efficient_attention_forward", &efficient);
  m.impl("_efficient_attention_backward", &efficient_backward);
}

}  // namespace
}  // namespace standin
