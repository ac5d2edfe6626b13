// Products: who computes which part of them.
#include <ATen/Parallel.h>

#include <algorithm>

#include "core.h"
#include "cores.h"
#include "int8.h"

namespace gobert::int8 {
namespace {

constexpr int64_t kRows = 64;      // rows that go through a part of the weights at a time: they stay in the second-level cache
constexpr int64_t kRowsStep = 8;   // of a core, about
constexpr int64_t kFewest = 16;    // rows that there must be memory for

// A Panel is neighbouring blocks of one weight, and where their outputs lie.
struct Panel {
  const Weight *weight;
  int64_t block, count, column;  // column of the result
};

std::vector<Panel> panels_of(const std::vector<Weight> &weights) {
  std::vector<Panel> list;
  int64_t column = 0;
  for (const auto &w : weights) {
    for (int64_t b = 0; b * kLanes < w.out; b += kAtOnce)
      list.push_back({&w, b, std::min(kAtOnce, rounded(w.out, kLanes) / kLanes - b), column + b * kLanes});
    column += w.out;
  }
  return list;
}

// Plan divides N rows and P panels among T threads. Many rows are divided, so that each thread quantizes its own; few are not: then each
// thread reads a part of the weights, and all of them once.
struct Plan {
  int64_t each, chunks, groups;

  Plan(int64_t rows, int64_t panels, int64_t threads) {
    chunks = (rows + kRows - 1) / kRows;
    if (chunks >= threads) chunks = rounded(chunks, threads);
    each = rounded((rows + chunks - 1) / chunks, kRowsStep);
    chunks = (rows + each - 1) / each;
    groups = std::min(panels, chunks >= threads ? 1 : (threads + chunks - 1) / chunks);
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
  const Core &core = int8::core();
  const auto in = x.contiguous();
  const auto quantized = at::empty({std::max(rows, kFewest), depth * core.bytes}, at::kByte), steps = at::empty({rows}, at::kFloat);
  const float *from = in.const_data_ptr<float>();
  uint8_t *q = quantized.data_ptr<uint8_t>();
  float *step = steps.data_ptr<float>(), *to = out.data_ptr<float>();
  const auto quantize = [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) core.quantize(from + r * width, width, depth, q + r * depth * core.bytes, step + r);
  };
  const auto panels = panels_of(weights);
  const int64_t count = static_cast<int64_t>(panels.size());
  const Plan plan(rows, count, at::get_num_threads());
  if (plan.groups > 1) at::parallel_for(0, rows, std::max<int64_t>(1, 32768 / depth), quantize);
  at::parallel_for(0, plan.chunks * plan.groups, 1, [&](int64_t begin, int64_t end) {
    std::vector<int8_t> room;
    int32_t sums[kAtOnce * kLanes];
    for (int64_t task = begin; task < end; task++) {
      const int64_t chunk = task / plan.groups, group = task % plan.groups;
      const int64_t first = chunk * plan.each, last = std::min(rows, first + plan.each);
      if (plan.groups == 1) quantize(first, last);
      const Rows part{q + first * depth * core.bytes, step + first, last - first, depth};
      for (int64_t p = count * group / plan.groups; p < count * (group + 1) / plan.groups; p++) {
        const Blocks blocks = in_order(panels[p], depth, room, sums);
        float *target = to + first * total + panels[p].column;
        core.multiply(part, blocks, target, total);
        if (gelu) gelu_rows(target, last - first, total, blocks.columns);
      }
    }
  });
  return out;
}

}  // namespace gobert::int8
