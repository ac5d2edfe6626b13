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

using int8::Rounded;
using panels::Activation;

constexpr int64_t kNormEach = 8192;     // elements of a chunk of a norm
constexpr int64_t kRoom = 2 << 20;      // floats that layers may fill before one writes where an earlier one did

// Attending is the attention of all sequences and heads.
struct Attending {
  std::vector<int32_t> starts;
  int64_t heads, width;

  Attending(const at::Tensor &offsets, int64_t heads, int64_t width)
      : starts(offsets.const_data_ptr<int32_t>(), offsets.const_data_ptr<int32_t>() + offsets.numel()), heads(heads), width(width) {}

  // add puts it at the end of the steps: of qkv [N,3*width], [N,width].
  void add(Steps &steps, const float *qkv, float *to) const {
    const auto *g = panels::generation();
    const int64_t head = width / heads, stride = 3 * width;
    int64_t longest = 0;
    for (size_t i = 1; i < starts.size(); i++) {
      const int64_t length = starts[i] - starts[i - 1];
      longest = std::max(longest, length);
      steps.products += 2.0 * static_cast<double>(length) * static_cast<double>(length * width);
    }
    steps.scratch = std::max(steps.scratch, g->attend_scratch(longest, head));
    const float scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(head)));
    steps.add(static_cast<int64_t>(starts.size() - 1) * heads, [=, starts = starts, heads = heads, wide = width](int64_t chunk, float *scratch) {
      const int64_t first = starts[chunk / heads], length = starts[chunk / heads + 1] - first, column = chunk % heads * head;
      const float *q = qkv + first * stride + column;
      g->attend(q, q + wide, q + 2 * wide, stride, length, head, scale, to + first * wide + column, wide, scratch);
    });
  }
};

// Slot is where a layer writes. Each step has memory of its own there; see team.h. The last four are what products of integers read, and low what
// adapters' maps in the order of the layer's give.
struct Slot {
  float *low[4], *qkv, *attended, *added, *middle, *sum, *out, *inner;
  Rounded of_attended, of_middle, of_out, of_inner;

  static int64_t floats(int64_t rows, int64_t width, int64_t inner, bool integers) {
    return rows * (8 * width + inner) + (integers ? 3 * Rounded::floats(rows, width) + Rounded::floats(rows, inner) : 0);
  }
  Slot(float *at, int64_t low_floats, int64_t rows, int64_t width, int64_t inner_width)
      : low{at, at + low_floats, at + 2 * low_floats, at + 3 * low_floats}, qkv(at + 4 * low_floats), attended(qkv + 3 * rows * width),
        added(attended + rows * width), middle(added + rows * width), sum(middle + rows * width),
        out(sum + rows * width), inner(out + rows * width), of_attended(inner + rows * inner_width, rows, width),
        of_middle(of_attended.step + Rounded::floats(rows, width), rows, width), of_out(of_middle.step + Rounded::floats(rows, width), rows, width),
        of_inner(of_out.step + Rounded::floats(rows, width), rows, inner_width) {}
};

// Input is rows that a product reads: as they are in panels, rounded in integers.
struct Input {
  const float *x;
  const Rounded *rounded;
};

// Writer puts the layers' steps one after another.
class Writer {
 public:
  Writer(const at::Tensor &x, const std::vector<Block> &blocks, const Network &network, const at::Tensor &offsets, const at::Tensor &rows)
      : blocks(blocks), network(network), activation(panels::activation_of(network.activation)), integers(!blocks[0].qkv.eight.empty()),
        tokens(x.size(0)), width(x.size(1)), inner(integers ? blocks[0].up.eight[0].out : blocks[0].up.bias.size(0)),
        last(rows.defined() ? rows.numel() : tokens), attending(offsets, network.heads, width) {
    if (rows.defined()) picked.assign(rows.const_data_ptr<int32_t>(), rows.const_data_ptr<int32_t>() + last);
    const int64_t most = std::max(tokens, last);  // rows may be asked for twice
    int64_t low = 0;  // floats of a map
    for (const auto &b : blocks)
      for (const auto *m : {&b.qkv, &b.output, &b.up, &b.down}) {
        int64_t floats = 0;
        for (const auto &c : m->low) floats += c.floats();
        low = std::max(low, floats);
      }
    const int64_t each = 4 * low + Slot::floats(most, width, inner, integers), layers = static_cast<int64_t>(blocks.size());
    slots = std::max<int64_t>(2, std::min(layers, kRoom / std::max<int64_t>(1, each)));
    memory = at::empty({slots * each + 2 * last * width + 4 * width * layers + Rounded::floats(tokens, width)}, x.options());
    gathered = memory.data_ptr<float>() + slots * each;
    norms = gathered + 2 * last * width;
    steps.keep(memory);
    steps.keep(x);
    const Rounded of_x(norms + 4 * width * layers, tokens, width);
    Input in{x.const_data_ptr<float>(), &of_x};
    if (integers) int8::add_rounding(steps, in.x, tokens, of_x);
    std::vector<Slot> all;
    for (int64_t l = 0; l < slots; l++) all.emplace_back(memory.data_ptr<float>() + l * each, low, most, width, inner);
    for (int64_t l = 0; l < layers; l++) {
      const Slot &slot = all[l % slots];
      write(l, in, slot);
      in = {slot.out, &slot.of_out};
    }
    out = in.x;
  }

  at::Tensor run() {
    auto result = at::empty({last, width}, memory.options());
    perform(std::move(steps));
    std::memcpy(result.data_ptr(), out, last * width * sizeof(float));
    return result;
  }

 private:
  void write(int64_t l, Input in, const Slot &s) {
    const auto &b = blocks[l];
    // The residual of the layer behind is the last thing that reads a slot.
    const int64_t vacated = l < slots ? -1 : residuals[l - slots + 1];
    const bool end = l + 1 == static_cast<int64_t>(blocks.size());
    product(b.qkv, in, tokens, width, 3 * width, nullptr, s.qkv, Activation::none, s.low[0], vacated);
    attending.add(steps, s.qkv, s.attended);
    Input attended{s.attended, &s.of_attended};
    int64_t rows = tokens;
    if (!picked.empty() && end) {
      pick(attended.x, in.x);
      attended.x = gathered, in.x = gathered + last * width, rows = last;
    }
    if (integers) int8::add_rounding(steps, attended.x, rows, s.of_attended);
    product(b.output, attended, rows, width, width, in.x, s.added, Activation::none, s.low[1]);
    norm(b.attended, s.added, in.x, rows, s.middle, &s.of_middle);
    residuals.push_back(static_cast<int64_t>(steps.list.size()) - 1);
    product(b.up, {s.middle, &s.of_middle}, rows, width, inner, nullptr, s.inner, activation, s.low[2]);
    if (integers) int8::add_rounding(steps, s.inner, rows, s.of_inner);
    product(b.down, {s.inner, &s.of_inner}, rows, inner, width, s.middle, s.sum, Activation::none, s.low[3]);
    norm(b.out, s.sum, s.middle, rows, s.out, end ? nullptr : &s.of_out);
  }

  // product is of rows with k columns. A residual is added to it in panels alone: behind integers, the norm does that.
  void product(const Block::Map &map, const Input &in, int64_t rows, int64_t k, int64_t columns, const float *residual, float *to, Activation with,
               float *low, int64_t before = -1) {
    if (integers) return int8::add(steps, *in.rounded, rows, map.eight, with == Activation::gelu, to, before);
    steps.keep(map.bias);
    const auto lows = panels::add_low(steps, map.low, in.x, k, low, before);
    panels::add(steps, {in.x, k, rows, map.weight, columns, {map.bias.const_data_ptr<float>(), residual, to, columns, with}, lows}, before);
  }

  // pick copies the rows that are asked for: of what was attended, then of the residual.
  void pick(const float *attended, const float *residual) {
    steps.add(1, [=, rows = picked, wide = width, to = gathered](int64_t, float *) {
      float *at = to;
      for (const float *from : {attended, residual})
        for (const int32_t row : rows) at = std::copy_n(from + row * wide, wide, at);
    });
  }

  void norm(const Block::Norm &n, const float *from, const float *residual, int64_t rows, float *to, const Rounded *rounded) {
    float *gain = norms, *bias = norms + width;  // copies: the file that weights lie in may be closed before the last thread leaves
    std::memcpy(gain, n.gain.const_data_ptr<float>(), width * sizeof(float));
    std::memcpy(bias, n.bias.const_data_ptr<float>(), width * sizeof(float));
    norms += 2 * width;
    const int64_t each = std::max<int64_t>(1, kNormEach / width);
    const NormRows<float> a{from, integers ? residual : nullptr, nullptr, to,   nullptr,
                            nullptr, gain, bias, width, static_cast<float>(network.eps), Dropout(0, 0, 0)};
    std::vector<Rounded> also;
    if (integers && rounded) also.push_back(*rounded);
    steps.add((rows + each - 1) / each, [a, each, rows, also](int64_t chunk, float *) {
      const int64_t first = chunk * each, behind = std::min(rows, first + each);
      norm_rows(a, first, behind);
      for (const auto &r : also) r.round(a.out + first * a.width, first, behind);
    });
  }

  const std::vector<Block> &blocks;
  const Network &network;
  const Activation activation;
  const bool integers;
  const int64_t tokens, width, inner, last;  // last: rows of the last layer
  const Attending attending;
  int64_t slots;
  std::vector<int32_t> picked;
  std::vector<int64_t> residuals;  // each layer's step that adds the residual
  at::Tensor memory;
  float *gathered, *norms;
  const float *out;
  Steps steps;
};

}  // namespace

at::Tensor encode(const at::Tensor &x, const std::vector<Block> &blocks, const Network &network, const at::Tensor &offsets, const at::Tensor &rows) {
  return Writer(x.contiguous(), blocks, network, offsets, rows).run();
}

at::Tensor attend(const at::Tensor &qkv, const at::Tensor &offsets, int64_t heads) {
  const auto in = qkv.contiguous();
  auto out = at::empty({in.size(0), in.size(1) / 3}, in.options());
  Steps steps;
  Attending(offsets, heads, out.size(1)).add(steps, in.const_data_ptr<float>(), out.data_ptr<float>());
  for (const auto &t : {in, out}) steps.keep(t);
  return perform(std::move(steps)) ? out.clone() : out;
}

bool can_attend() { return panels::generation() != nullptr; }

}  // namespace gobert
