#include "gradients.h"

#include <mutex>
#include <vector>

#include "../../kernels/column_sum.h"
#include "../../kernels/sink.h"
#include "cuda.h"
#include "launch.h"

namespace gobert::cuda {
namespace {

// Waiting is a sum whose parts are there and which is still to be added up.
struct Waiting {
  at::Tensor part, into;
  int64_t begin, width;
};

std::mutex mutex;  // LibTorch runs a card's backward pass on a thread of its own
std::vector<Waiting> waiting;
int collections = 0;

// add_up launches what waits, with mutex held.
void add_up() {
  auto all = std::move(waiting);
  waiting.clear();
  if (all.empty()) return;
  FinishSums a{};
  unsigned blocks = 0;
  for (const auto &w : all) {
    a.sums[a.count++] = {floats(w.part) + w.begin,           float_room(w.into), static_cast<u32>(w.width), static_cast<u32>(w.part.stride(0)),
                         static_cast<u32>(w.part.size(0)), blocks};
    blocks += static_cast<unsigned>((w.width + 31) / 32);
  }
  launch({Unit::Sums, at::kFloat, 0, true}, "finish_sums", all[0].part.device(), {blocks}, 256, &a);
}

}  // namespace

Collecting::Collecting() {
  std::lock_guard<std::mutex> lock(mutex);
  collections++;
}

void Collecting::finish() {
  std::lock_guard<std::mutex> lock(mutex);
  add_up();
}

Collecting::~Collecting() {
  std::lock_guard<std::mutex> lock(mutex);
  if (--collections == 0) waiting.clear();  // of a backward pass that failed
}

at::Tensor finish(const at::Tensor &part, int64_t kind, const at::Tensor &master) {
  return finish_span(part, kind * part.size(-1), part.size(-1), master);
}

at::Tensor finish_span(const at::Tensor &part, int64_t begin, int64_t width, const at::Tensor &master) {
  if (!wants(master)) return {};
  const auto into = sink(master);
  const auto result = into.defined() ? into : at::zeros(master.sizes(), part.options());
  std::lock_guard<std::mutex> lock(mutex);
  if (!waiting.empty() && waiting[0].part.device() != part.device()) add_up();
  waiting.push_back({part, result, begin, width});
  if (collections == 0 || !into.defined() || waiting.size() == kSums) add_up();
  return into.defined() ? at::Tensor() : result;
}

void band_sums(const at::Tensor &dy, const at::Tensor &part) {
  const int64_t width = dy.size(1);
  ColumnSums a{address(dy), float_room(part), dy.size(0), dy.stride(0), static_cast<u32>(width)};
  const bool aligned = all_aligned(width, {a.x}) && dy.stride(0) % 8 == 0;
  const Grid grid{blocks_of_columns(width), static_cast<unsigned>(part.size(0))};
  launch({Unit::Sums, dy.scalar_type(), 0, aligned}, "column_sums", dy.device(), grid, kColumnThreads, &a);
}

at::Tensor bias_gradient(const at::Tensor &bias, const at::Tensor &dy) {
  if (!wants(bias)) return {};
  const int64_t width = dy.size(1);
  auto part = at::empty({bands_of(dy.size(0), blocks_of_columns(width)), width}, dy.options().dtype(at::kFloat));
  band_sums(dy, part);
  return finish(part, 0, bias);
}

at::Tensor weight_gradient(const at::Tensor &weight, const at::Tensor &dy, const at::Tensor &x) {
  auto into = sink(weight);
  if (!into.defined() || !x.is_cuda() || x.scalar_type() == into.scalar_type()) return gobert::weight_gradient(weight, dy, x);
  at::addmm_out(into, into, dy.t(), x, into.scalar_type());
  return {};
}

at::Tensor input_gradient(const at::Tensor &dy, const at::Tensor &compute, at::Tensor &carry) {
  if (!carry.defined()) return at::mm(dy, compute);
  if (carry.use_count() == 1 && carry.is_contiguous() && carry.scalar_type() == dy.scalar_type()) return carry.addmm_(dy, compute);
  return at::addmm(carry, dy, compute);
}

}  // namespace gobert::cuda
