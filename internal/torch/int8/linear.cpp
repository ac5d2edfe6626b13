// Products: who computes which part of them.
#include <ATen/Parallel.h>

#include <algorithm>

#include "../kernels/team.h"
#include "core.h"
#include "cores.h"
#include "int8.h"

namespace gobert::int8 {
namespace {

constexpr int64_t kRows = 64;    // rows that go through a part of the weights at a time: they stay in the second-level cache
constexpr int64_t kFewest = 16;  // rows that there must be memory for
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

  explicit Panels(const std::vector<Weight> &of) : weights(of) {
    int64_t column = 0;
    for (const auto &w : weights) {
      for (int64_t b = 0; b * kLanes < w.out; b += kAtOnce)
        list.push_back({&w, b, std::min(kAtOnce, rounded(w.out, kLanes) / kLanes - b), column + b * kLanes});
      column += w.out;
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

// in_order gives the blocks of a panel: as they lie, or packed into room.
Blocks in_order(const Panel &p, int64_t depth, std::vector<int8_t> &room, int32_t *sums) {
  const Weight &w = *p.weight;
  const int64_t first = p.block * kLanes, size = kLanes * depth;
  const int8_t *q = w.q.const_data_ptr<int8_t>();
  const int32_t *shift = sums;
  if (w.packed) {
    q += p.block * size;
    shift = w.shift.const_data_ptr<int32_t>() + first;
  } else {
    room.resize(kAtOnce * size);
    for (int64_t b = 0; b < p.count; b++) {
      const int64_t row = first + b * kLanes;
      pack_block(q + row * w.in, std::min(kLanes, w.out - row), w.in, depth, room.data() + b * size, sums + b * kLanes);
    }
    q = room.data();
  }
  return {q, shift, w.scale.const_data_ptr<float>() + first, w.bias.defined() ? w.bias.const_data_ptr<float>() + first : nullptr,
          std::min(p.count * kLanes, w.out - first)};
}

}  // namespace

at::Tensor linear(const at::Tensor &x, const std::vector<Weight> &weights, bool gelu) {
  TORCH_CHECK(x.dim() == 2 && x.is_cpu() && x.scalar_type() == at::kFloat, "rows in fp32 on the CPU were expected");
  const int64_t rows = x.size(0), width = x.size(1), depth = rounded(width, kTile);
  int64_t total = 0;
  for (const auto &w : weights) {
    TORCH_CHECK(w.in == width, "the rows are ", width, " wide, the weight takes ", w.in);
    TORCH_CHECK(width <= kWidest, "a weight of ", width, " inputs: in eight bits there may be at most ", kWidest);
    total += w.out;
  }
  auto out = at::empty({rows, total}, x.options());
  if (rows == 0 || total == 0) return out;
  const Core *const core = &int8::core();
  const auto in = x.contiguous();
  const auto quantized = at::empty({std::max(rows, kFewest), depth * core->bytes}, at::kByte), lengths = at::empty({rows}, at::kFloat);
  const float *from = in.const_data_ptr<float>();
  uint8_t *q = quantized.data_ptr<uint8_t>();
  float *step = lengths.data_ptr<float>(), *to = out.data_ptr<float>();
  const auto panels = std::make_shared<const Panels>(weights);
  const Plan plan(rows, static_cast<int64_t>(panels->list.size()), at::get_num_threads(), core->rows);
  Steps steps;
  steps.products = static_cast<double>(rows) * width * total / kFaster;
  steps.add(plan.parts, [=](int64_t part, float *) {
    for (int64_t r = part * plan.each; r < std::min(rows, (part + 1) * plan.each); r++)
      core->quantize(from + r * width, width, depth, q + r * depth * core->bytes, step + r);
  });
  constexpr int64_t kWide = kAtOnce * kLanes;
  if (gelu) steps.scratch = plan.each * kWide;
  steps.add(plan.parts * plan.groups, [=](int64_t chunk, float *scratch) {  // neighbours share weights
    static thread_local std::vector<int8_t> room;
    int32_t sums[kWide];
    const int64_t first = chunk % plan.parts * plan.each, count = std::min(rows - first, plan.each), group = chunk / plan.parts;
    const int64_t end = static_cast<int64_t>(panels->list.size());
    for (int64_t p = end * group / plan.groups; p < end * (group + 1) / plan.groups; p++) {
      const Blocks blocks = in_order(panels->list[p], depth, room, sums);
      const Rows part{q + first * depth * core->bytes, step + first, count, depth};
      float *target = to + first * total + panels->list[p].column;
      if (!gelu) {
        core->multiply(part, blocks, target, total);
        continue;
      }
      core->multiply(part, blocks, scratch, kWide);
      gelu_rows(scratch, kWide, count, blocks.columns, target, total);  // written once: another thread may do the same
    }
  });
  for (const auto &t : {in, quantized, lengths, out}) steps.keep(t);
  return perform(std::move(steps)) ? out.clone() : out;
}

}  // namespace gobert::int8
