// Products: who computes which part of them.
#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>

#include "core.h"
#include "cores.h"
#include "int8.h"

namespace gobert::int8 {
namespace {

constexpr int64_t kRows = 64;    // rows that go through a part of the weights at a time: they stay in the second-level cache
constexpr int64_t kFewest = 16;  // rows that there must be memory for
constexpr int64_t kRound = 8192; // numbers of a chunk that is rounded
constexpr int64_t kChunks = 4;   // for each thread, so that one that is late keeps nobody
constexpr int64_t kPanels = 2;   // of a chunk, at least
constexpr double kFaster = 2;    // than in fp32, about: how much work is worth a second thread

// A Panel is neighbouring blocks of one weight, and where their outputs lie.
struct Panel {
  const Weight *weight;
  int64_t block, count, column;  // column of the result
};

// Panels are those of all weights, which they keep.
struct Panels {
  std::vector<Weight> weights;
  std::vector<Panel> list;
  int64_t columns = 0;

  explicit Panels(const std::vector<Weight> &of) : weights(of) {
    for (const auto &w : weights) {
      for (int64_t b = 0; b * kLanes < w.out; b += kAtOnce)
        list.push_back({&w, b, std::min(kAtOnce, rounded(w.out, kLanes) / kLanes - b), columns + b * kLanes});
      columns += w.out;
    }
  }
};

// Plan cuts N rows and P panels in chunks. Many rows are cut, and each reads all weights; where rows are few, weights are cut.
struct Plan {
  int64_t each, parts, groups;  // rows of a part, parts of the rows, groups of panels

  Plan(int64_t rows, int64_t panels, int64_t threads, int64_t step) {
    parts = (rows + kRows - 1) / kRows;
    if (parts >= threads) parts = rounded(parts, threads);
    each = rounded((rows + parts - 1) / parts, step);
    parts = (rows + each - 1) / each;
    const int64_t wanted = threads > 1 ? (kChunks * threads + parts - 1) / parts : 1;
    groups = std::max<int64_t>(1, std::min(wanted, panels / kPanels));
  }
};

// blocks_of shows a panel to a core.
Blocks blocks_of(const Panel &p, int64_t depth) {
  const Weight &w = *p.weight;
  const int64_t first = p.block * kLanes;
  return {w.q.const_data_ptr<int8_t>() + first * depth, w.shift.const_data_ptr<int32_t>() + first, w.scale.const_data_ptr<float>() + first,
          w.bias.defined() ? w.bias.const_data_ptr<float>() + first : nullptr, std::min(p.count * kLanes, w.out - first)};
}

}  // namespace

int64_t Rounded::floats(int64_t rows, int64_t width) {
  return (std::max(rows, kFewest) * int8::core().bytes(rounded(width, kTile)) + 3) / 4 + rows;
}

Rounded::Rounded(float *memory, int64_t rows, int64_t width)
    : core(&int8::core()), width(width), depth(rounded(width, kTile)), q(reinterpret_cast<uint8_t *>(memory + rows)), step(memory) {}

void Rounded::round(const float *x, int64_t begin, int64_t end) const {
  for (int64_t r = begin; r < end; r++, x += width) core->quantize(x, width, depth, q + r * core->bytes(depth), step + r);
}

void add_rounding(Steps &steps, const float *x, int64_t rows, const Rounded &to, int64_t vacated) {
  const int64_t each = std::max<int64_t>(1, kRound / std::max<int64_t>(1, to.width));
  steps.add((rows + each - 1) / each, [=](int64_t chunk, float *) {
    to.round(x + chunk * each * to.width, chunk * each, std::min(rows, (chunk + 1) * each));
  }, vacated);
}

void add(Steps &steps, const Rounded &x, int64_t rows, const std::vector<Weight> &weights, bool gelu, float *to, int64_t vacated) {
  constexpr int64_t kWide = kAtOnce * kLanes;
  TORCH_CHECK(x.width <= kWidest, "a weight of ", x.width, " inputs: in eight bits there may be at most ", kWidest);
  for (const auto &w : weights) TORCH_CHECK(w.in == x.width && w.packed, "the rows are ", x.width, " wide, the weight takes ", w.in);
  const auto panels = std::make_shared<const Panels>(weights);
  const Plan plan(rows, static_cast<int64_t>(panels->list.size()), at::get_num_threads(), x.core->rows);
  steps.products += static_cast<double>(rows) * x.width * panels->columns / kFaster;
  if (gelu) steps.scratch = std::max(steps.scratch, plan.each * kWide);
  steps.add(plan.parts * plan.groups, [=](int64_t chunk, float *scratch) {  // neighbours share weights
    const int64_t first = chunk % plan.parts * plan.each, count = std::min(rows - first, plan.each), group = chunk / plan.parts;
    const int64_t end = static_cast<int64_t>(panels->list.size()), stride = panels->columns;
    const Rows part{x.q + first * x.core->bytes(x.depth), x.step + first, count, x.depth};
    for (int64_t p = end * group / plan.groups; p < end * (group + 1) / plan.groups; p++) {
      const Blocks blocks = blocks_of(panels->list[p], x.depth);
      float *target = to + first * stride + panels->list[p].column;
      if (!gelu) {
        x.core->multiply(part, blocks, target, stride);
        continue;
      }
      x.core->multiply(part, blocks, scratch, kWide);
      gelu_rows(scratch, kWide, count, blocks.columns, target, stride);  // written once: another thread may do the same
    }
  }, vacated);
}

at::Tensor linear(const at::Tensor &x, const std::vector<Weight> &weights, bool gelu) {
  TORCH_CHECK(x.dim() == 2 && x.is_cpu() && x.scalar_type() == at::kFloat, "rows in fp32 on the CPU were expected");
  const int64_t rows = x.size(0), width = x.size(1);
  int64_t total = 0;
  for (const auto &w : weights) total += w.out;
  auto out = at::empty({rows, total}, x.options());
  if (rows == 0 || total == 0) return out;
  const auto in = x.contiguous(), memory = at::empty({Rounded::floats(rows, width)}, x.options());
  const Rounded quantized(memory.data_ptr<float>(), rows, width);
  Steps steps;
  add_rounding(steps, in.const_data_ptr<float>(), rows, quantized);
  add(steps, quantized, rows, weights, gelu, out.data_ptr<float>());
  for (const auto &t : {in, memory, out}) steps.keep(t);
  return perform(std::move(steps)) ? out.clone() : out;
}

}  // namespace gobert::int8
