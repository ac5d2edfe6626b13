#include "encoder.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "norm_rows.h"
#include "panels.h"
#include "team.h"

namespace gobert {
namespace {

using panels::Activation;

constexpr int64_t kNormEach = 8192;     // elements of a chunk of a norm
constexpr int64_t kRoom = 2 << 20;      // floats that layers may fill before one writes where an earlier one did

// Slot is where a layer writes. Each step has memory of its own there; see team.h.
struct Slot {
  float *qkv, *attended, *added, *middle, *inner, *sum, *out;

  static int64_t floats(int64_t rows, int64_t width, int64_t inner) { return rows * (8 * width + inner); }
  Slot(float *at, int64_t rows, int64_t width, int64_t inner_width) {
    const int64_t n = rows * width;
    qkv = at, attended = qkv + 3 * n, added = attended + n, middle = added + n, sum = middle + n, out = sum + n, inner = out + n;
  }
};

// Writer puts the layers' steps one after another.
class Writer {
 public:
  Writer(const at::Tensor &x, const std::vector<Block> &blocks, const Network &network, const at::Tensor &offsets, const at::Tensor &rows)
      : blocks(blocks), network(network), activation(panels::activation_of(network.activation)), tokens(x.size(0)), width(x.size(1)),
        inner(blocks[0].up.bias.size(0)), last(rows.defined() ? rows.numel() : tokens) {
    const auto *from = offsets.const_data_ptr<int32_t>();
    starts.assign(from, from + offsets.numel());
    if (rows.defined()) picked.assign(rows.const_data_ptr<int32_t>(), rows.const_data_ptr<int32_t>() + last);
    const int64_t most = std::max(tokens, last);  // rows may be asked for twice
    const int64_t each = Slot::floats(most, width, inner), layers = static_cast<int64_t>(blocks.size());
    slots = std::max<int64_t>(2, std::min(layers, kRoom / std::max<int64_t>(1, each)));
    memory = at::empty({slots * each + 2 * last * width + 4 * width * layers}, x.options());
    gathered = memory.data_ptr<float>() + slots * each;
    norms = gathered + 2 * last * width;
    steps.keep(memory);
    steps.keep(x);
    const float *in = x.const_data_ptr<float>();
    for (int64_t l = 0; l < layers; l++) {
      const Slot slot(memory.data_ptr<float>() + l % slots * each, most, width, inner);
      write(l, in, slot);
      in = slot.out;
    }
    out = in;
  }

  at::Tensor run() {
    auto result = at::empty({last, width}, memory.options());
    perform(std::move(steps));
    std::memcpy(result.data_ptr(), out, last * width * sizeof(float));
    return result;
  }

 private:
  void write(int64_t l, const float *in, const Slot &s) {
    const auto &b = blocks[l];
    // The residual of the layer behind is the last thing that reads a slot.
    const int64_t vacated = l < slots ? -1 : residuals[l - slots + 1];
    product(b.qkv, in, tokens, width, 3 * width, nullptr, s.qkv, Activation::none, vacated);
    attention(s);
    const float *attended = s.attended;
    int64_t rows = tokens;
    if (!picked.empty() && l + 1 == static_cast<int64_t>(blocks.size())) {
      pick(attended, in);
      attended = gathered, in = gathered + last * width, rows = last;
    }
    residuals.push_back(static_cast<int64_t>(steps.list.size()));
    product(b.output, attended, rows, width, width, in, s.added, Activation::none);
    norm(b.attended, s.added, rows, s.middle);
    product(b.up, s.middle, rows, width, inner, nullptr, s.inner, activation);
    product(b.down, s.inner, rows, inner, width, s.middle, s.sum, Activation::none);
    norm(b.out, s.sum, rows, s.out);
  }

  void product(const Block::Map &map, const float *a, int64_t rows, int64_t k, int64_t columns, const float *residual, float *to, Activation with,
               int64_t before = -1) {
    steps.keep(map.bias);
    panels::add(steps, {a, k, rows, map.weight, columns, {map.bias.const_data_ptr<float>(), residual, to, columns, with}}, before);
  }

  void attention(const Slot &s) {
    const auto *g = panels::generation();
    const int64_t heads = network.heads, head = width / heads, stride = 3 * width, wide = width;
    int64_t longest = 0;
    for (size_t i = 1; i < starts.size(); i++) longest = std::max<int64_t>(longest, starts[i] - starts[i - 1]);
    steps.scratch = std::max(steps.scratch, g->attend_scratch(longest, head));
    const float scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(head))), *qkv = s.qkv;
    float *to = s.attended;
    steps.add(static_cast<int64_t>(starts.size() - 1) * heads, [=, starts = starts](int64_t chunk, float *scratch) {
      const int64_t first = starts[chunk / heads], length = starts[chunk / heads + 1] - first, column = chunk % heads * head;
      const float *q = qkv + first * stride + column;
      g->attend(q, q + wide, q + 2 * wide, stride, length, head, scale, to + first * wide + column, wide, scratch);
    });
  }

  // pick copies the rows that are asked for: of what was attended, then of the residual.
  void pick(const float *attended, const float *residual) {
    steps.add(1, [=, rows = picked, wide = width, to = gathered](int64_t, float *) {
      float *at = to;
      for (const float *from : {attended, residual})
        for (const int32_t row : rows) at = std::copy_n(from + row * wide, wide, at);
    });
  }

  void norm(const Block::Norm &n, const float *from, int64_t rows, float *to) {
    float *gain = norms, *bias = norms + width;  // copies: the file that weights lie in may be closed before the last thread leaves
    std::memcpy(gain, n.gain.const_data_ptr<float>(), width * sizeof(float));
    std::memcpy(bias, n.bias.const_data_ptr<float>(), width * sizeof(float));
    norms += 2 * width;
    const int64_t each = std::max<int64_t>(1, kNormEach / width);
    const NormRows<float> a{from, nullptr, nullptr, to, nullptr, nullptr, gain, bias, width, static_cast<float>(network.eps), Dropout(0, 0, 0)};
    steps.add((rows + each - 1) / each, [a, each, rows](int64_t chunk, float *) { norm_rows(a, chunk * each, std::min(rows, (chunk + 1) * each)); });
  }

  const std::vector<Block> &blocks;
  const Network &network;
  const Activation activation;
  const int64_t tokens, width, inner, last;  // last: rows of the last layer
  int64_t slots;
  std::vector<int32_t> starts, picked;
  std::vector<int64_t> residuals;  // each layer's step that adds the residual
  at::Tensor memory;
  float *gathered, *norms;
  const float *out;
  Steps steps;
};

}  // namespace

bool blocks_packed(const std::vector<Block> &blocks) {
  for (const auto &b : blocks)
    for (const auto *map : {&b.qkv, &b.output, &b.up, &b.down})
      if (!panels::is_packed(map->weight)) return false;
  return true;
}

at::Tensor encode(const at::Tensor &x, const std::vector<Block> &blocks, const Network &network, const at::Tensor &offsets, const at::Tensor &rows) {
  return Writer(x.contiguous(), blocks, network, offsets, rows).run();
}

}  // namespace gobert
