// Matrices of eight-bit integers: from fp32, into the order of the products, and back.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>

#include "core.h"
#include "int8.h"

namespace gobert::int8 {
namespace {

// rows_each keeps a task near 64k elements: enough to pay for its start.
int64_t rows_each(int64_t width) { return std::max<int64_t>(1, 65536 / std::max<int64_t>(1, width)); }

}  // namespace

Weight quantize(const at::Tensor &w) {
  TORCH_CHECK(w.dim() == 2 && w.is_cpu() && w.scalar_type() == at::kFloat, "a matrix in fp32 on the CPU was expected");
  const auto from = w.contiguous();
  Weight made{at::empty(from.sizes(), at::kChar), at::empty({from.size(0)}, at::kFloat), {}, {}, from.size(0), from.size(1), false};
  const float *x = from.const_data_ptr<float>();
  int8_t *q = made.q.data_ptr<int8_t>();
  float *scale = made.scale.data_ptr<float>();
  at::parallel_for(0, made.out, rows_each(made.in), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) quantize_int8(x + r * made.in, made.in, made.in, q + r * made.in, scale + r);
  });
  return made;
}

void pack(Weight &w) {
  if (w.packed) return;
  const int64_t depth = rounded(w.in, kTile), blocks = rounded(w.out, kLanes) / kLanes, size = kLanes * depth;
  const bool in_place = blocks * size == w.out * w.in;
  auto to = in_place ? w.q.view({-1}) : at::empty({blocks * size}, at::kChar);
  w.shift = at::empty({blocks * kLanes}, at::kInt);
  const int8_t *from = w.q.const_data_ptr<int8_t>();
  int8_t *block = to.data_ptr<int8_t>();
  int32_t *sums = w.shift.data_ptr<int32_t>();
  at::parallel_for(0, blocks, std::max<int64_t>(1, 4 * 65536 / size), [&](int64_t begin, int64_t end) {
    std::vector<int8_t> room(in_place ? size : 0);
    for (int64_t b = begin; b < end; b++) {
      const int8_t *rows = from + b * kLanes * w.in;
      if (in_place) rows = static_cast<const int8_t *>(memcpy(room.data(), rows, size));
      pack_block(rows, std::min(kLanes, w.out - b * kLanes), w.in, depth, block + b * size, sums + b * kLanes);
    }
  });
  w.q = to;
  w.packed = true;
}

at::Tensor unpacked(const Weight &w) {
  if (!w.packed) return w.q;
  const int64_t size = kLanes * rounded(w.in, kTile);
  auto rows = at::empty({w.out, w.in}, at::kChar);
  const int8_t *from = w.q.const_data_ptr<int8_t>();
  for (int64_t r = 0; r < w.out; r++) unpack_row(from + r / kLanes * size, r % kLanes, w.in, rows.data_ptr<int8_t>() + r * w.in);
  return rows;
}

at::Tensor floats(const Weight &w) { return unpacked(w).to(at::kFloat).mul_(w.scale.unsqueeze(1)); }

void add_rows(const at::Tensor &sum, const Weight &table, const at::Tensor &rows) {
  TORCH_CHECK(sum.size(1) == table.in && sum.size(0) == rows.numel(), "the table does not fit");
  const auto which = rows.contiguous();
  const int32_t *row = which.const_data_ptr<int32_t>();
  const int8_t *q = table.q.const_data_ptr<int8_t>();
  const float *scale = table.scale.const_data_ptr<float>();
  float *to = sum.data_ptr<float>();
  at::parallel_for(0, which.numel(), rows_each(table.in), [&](int64_t begin, int64_t end) {
    std::vector<int8_t> one(table.packed ? table.in : 0);
    for (int64_t i = begin; i < end; i++) {
      TORCH_CHECK(row[i] >= 0 && row[i] < table.out, "row ", row[i], " of a table of ", table.out);
      const int8_t *numbers = q + row[i] * table.in;
      if (table.packed) numbers = unpack_row(q + row[i] / kLanes * kLanes * rounded(table.in, kTile), row[i] % kLanes, table.in, one.data());
      add_row(to + i * table.in, numbers, scale[row[i]], table.in);
    }
  });
}

}  // namespace gobert::int8
