#include "panels.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>

#include <algorithm>
namespace gobert::panels {
namespace {

constexpr int64_t kRowsEach = 64;      // of a chunk: a panel read from memory is used so many times
constexpr int64_t kColumnsEach = 96;   // of a chunk
constexpr int64_t kLowRowsEach = 16;  // of a chunk of few columns
constexpr int64_t kEven = 8;           // rows that a chunk has a multiple of: what kernels take at a time

int64_t pieces(int64_t n, int64_t each) { return (n + each - 1) / each; }

}  // namespace

const Generation *generation() {
#if defined(__x86_64__)
  static const Generation *const chosen = [] {
    const auto name = at::get_cpu_capability();
    return name == "AVX512" ? &avx512 : name == "AVX2" ? &avx2 : nullptr;
  }();
  return chosen;
#else
  return nullptr;
#endif
}

at::Tensor pack(const at::Tensor &weight) {
  const int64_t out = weight.size(0), in = weight.size(1), width = generation()->width, count = pieces(out, width);
  auto packed = at::empty({count, in, width}, weight.options());
  const auto from = weight.contiguous();
  const float *w = from.const_data_ptr<float>();
  float *to = packed.data_ptr<float>();
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; p++)
      for (int64_t c = 0; c < width; c++) {
        const int64_t row = p * width + c;
        for (int64_t i = 0; i < in; i++) to[(p * in + i) * width + c] = row < out ? w[row * in + i] : 0;
      }
  });
  return packed;
}

bool is_packed(const at::Tensor &weight) { return !weight.is_mkldnn() && weight.dim() == 3; }

Activation activation_of(const std::string &name) {
  if (name.empty()) return Activation::none;
  if (name == "gelu") return Activation::gelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") return Activation::gelu_tanh;
  if (name == "silu" || name == "swish") return Activation::silu;
  if (name == "relu") return Activation::relu;
  TORCH_CHECK(name == "tanh", "unknown activation ", name);
  return Activation::tanh;
}

void add(Steps &steps, const Product &p, int64_t vacated) {
  const auto *g = generation();
  const int64_t k = p.weight.size(1), panels = p.weight.size(0), width = g->width;
  const int64_t blocks = pieces(p.rows, kRowsEach), rows = pieces(pieces(p.rows, blocks), kEven) * kEven;
  // Few columns are cut finer, so that there is something for each thread: bits do not depend on it.
  int64_t each = std::max<int64_t>(1, kColumnsEach / width);
  while (each > 1 && blocks * pieces(panels, each) < 2 * at::get_num_threads()) each /= 2;
  steps.scratch = std::max(steps.scratch, rows * each * width);
  steps.products += static_cast<double>(p.rows) * k * p.columns;
  const float *weight = p.weight.const_data_ptr<float>();
  // Neighbours share columns: these stay in the cache while all rows pass.
  steps.add(blocks * pieces(panels, each), [p, g, k, panels, width, blocks, rows, each, weight](int64_t chunk, float *scratch) {
    const int64_t first = chunk / blocks * each, row = chunk % blocks * rows, column = first * width;
    if (row >= p.rows) return;
    auto f = p.finish;
    f.bias = f.bias ? f.bias + column : nullptr;
    f.residual = f.residual ? f.residual + row * f.stride + column : nullptr;
    f.out += row * f.stride + column;
    const int64_t count = std::min(each, panels - first);
    auto lows = p.lows;
    for (auto &l : lows) l.from -= row, l.to -= row, l.panel -= first;
    g->product(p.a + row * p.a_stride, p.a_stride, std::min(rows, p.rows - row), k, weight + first * k * width, count,
               std::min(count * width, p.columns - column), scratch, f, lows.data(),
               static_cast<int64_t>(lows.size()));
  }, vacated);
}

void pack_low(Correction &to, const at::Tensor &a, const at::Tensor &b, double scale, int64_t column) {
  const int64_t width = generation()->width;
  to.a = pack(at::mul(a, scale));
  to.b = pack(at::constant_pad_nd(b, {0, 0, column % width, 0}));
  to.rank = a.size(0), to.panel = column / width;
}

std::vector<Low> add_low(Steps &steps, const std::vector<Correction> &list, const float *x, int64_t k, float *memory, int64_t vacated) {
  const auto *g = generation();
  std::vector<Low> lows;
  std::vector<std::function<void(float *)>> chunks;
  for (const auto &c : list) {
    steps.keep(c.a);
    steps.keep(c.b);
    const int64_t panels = c.a.size(0), rank = c.rank;
    const float *a = c.a.const_data_ptr<float>();
    steps.scratch = std::max(steps.scratch, kLowRowsEach * panels * g->width);
    steps.products += static_cast<double>(c.floats()) * k;
    for (int64_t row = c.from; row < c.to; row += kLowRowsEach) {
      const Finish f{nullptr, nullptr, memory + (row - c.from) * rank, rank, Activation::none};
      const int64_t rows = std::min(kLowRowsEach, c.to - row);
      chunks.push_back([=](float *scratch) { g->product(x + row * k, k, rows, k, a, panels, rank, scratch, f, nullptr, 0); });
    }
    lows.push_back({memory, rank, rank, c.from, c.to, c.b.const_data_ptr<float>(), c.panel, c.b.size(0)});
    memory += c.floats();
  }
  const auto count = static_cast<int64_t>(chunks.size());
  if (count > 0) steps.add(count, [chunks = std::move(chunks)](int64_t chunk, float *scratch) { chunks[chunk](scratch); }, vacated);
  return lows;
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, const std::string &activation) {
  const auto a = x.contiguous();
  const int64_t rows = a.size(0), columns = bias.size(0);
  TORCH_CHECK(a.dim() == 2 && a.size(1) == weight.size(1), "a product of ", a.sizes(), " with a weight of ", weight.size(1), " columns");
  Steps steps;
  auto out = at::empty({rows, columns}, a.options());
  const Finish finish{bias.const_data_ptr<float>(), nullptr, out.data_ptr<float>(), columns, activation_of(activation)};
  if (rows > 0) add(steps, {a.const_data_ptr<float>(), a.size(1), rows, weight, columns, finish});
  for (const auto &t : {a, weight, bias, out}) steps.keep(t);
  return perform(std::move(steps)) ? out.clone() : out;
}

}  // namespace gobert::panels
