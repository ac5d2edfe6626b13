#include "column_sum.h"

#include <ATen/Parallel.h>

#include "convert.h"

namespace gobert {
namespace {

template <typename T>
GOBERT_INLINED void add_rows(const T *x, int64_t rows, int64_t stride, int64_t width, float *out) {
  for (int64_t r = 0; r < rows; r++) {
    const T *row = x + r * stride;
#pragma omp simd
    for (int64_t i = 0; i < width; i++) out[i] += widen(row[i]);
  }
}

GOBERT_VECTORS void sum_rows(const float *x, int64_t rows, int64_t stride, int64_t width, float *out) { add_rows(x, rows, stride, width, out); }
GOBERT_VECTORS void sum_rows(const bf16 *x, int64_t rows, int64_t stride, int64_t width, float *out) { add_rows(x, rows, stride, width, out); }

// kColumns columns are a task: their sums stay in the first-level cache while the rows stream by.
constexpr int64_t kColumns = 256;

template <typename T>
void sum_all(const T *x, int64_t rows, int64_t width, float *out) {
  at::parallel_for(0, (width + kColumns - 1) / kColumns, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; b++) {
      const int64_t first = b * kColumns;
      sum_rows(x + first, rows, width, std::min(kColumns, width - first), out + first);
    }
  });
}

}  // namespace

at::Tensor column_sum(const at::Tensor &x) {
  if (!x.is_cpu() || x.scalar_type() == at::kHalf) return x.sum(0, false, at::kFloat);
  auto out = at::zeros({x.size(1)}, x.options().dtype(at::kFloat));
  if (x.scalar_type() == at::kFloat)
    sum_all(x.const_data_ptr<float>(), x.size(0), x.size(1), out.data_ptr<float>());
  else
    sum_all(reinterpret_cast<const bf16 *>(x.const_data_ptr()), x.size(0), x.size(1), out.data_ptr<float>());
  return out;
}

}  // namespace gobert
