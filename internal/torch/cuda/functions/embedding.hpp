// The embeddings on a card; see embedding.cu and tables.cu.
#include <torch/csrc/autograd/custom_function.h>

#include "../../kernels/sink.h"
#include "cuda.h"
#include "gradients.h"
#include "launch.h"
#include "saved.h"

namespace gobert::cuda {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// collector is where a table's gradient is added up: what it has already, or a new one, which result is then.
at::Tensor collector(const at::Tensor &table, at::Tensor &result) {
  auto into = sink(table);
  if (!into.defined()) into = result = at::zeros_like(table);
  return into;
}

// scattered is the gradient of a table with many rows, of which few were looked up.
at::Tensor scattered(const at::Tensor &table, const at::Tensor &ids, const at::Tensor &d, int64_t padding) {
  if (!wants(table)) return {};
  at::Tensor result;
  const auto into = collector(table, result);
  const int64_t rows = ids.numel(), width = d.size(1), runs = (rows + kRun - 1) / kRun;
  if (rows == 0) return result;
  auto [keys, order] = at::sort(ids, /*stable=*/true, 0, false);
  auto part = at::empty({runs, 2, width}, d.options());
  ScatterRows a{floats(d), ints(keys), static_cast<const i64 *>(address(order)),
                float_room(part), float_room(into), rows, static_cast<u32>(width), static_cast<int>(padding)};
  const Form form{Unit::Tables, at::kFloat, 0, all_aligned(width, {a.d, a.part, a.into})};
  const int64_t warps = kRowThreads / 32;
  const Grid grid{blocks_of_columns(width), static_cast<unsigned>((runs + warps - 1) / warps)};
  launch(form, "scatter_rows", d.device(), grid, kRowThreads, &a);
  launch(form, "join_rows", d.device(), grid, kRowThreads, &a);
  return result;
}

// kFewRows is how long tables may be for every row to look through all tokens.
constexpr int64_t kFewRows = 2048;

// selected are the gradients of two tables with few rows, by one launch. A table that wants none has no rows here.
std::array<at::Tensor, 2> selected(const at::Tensor tables[2], const at::Tensor ids[2], const at::Tensor &d) {
  const int64_t width = d.size(1), rows = d.size(0);
  int64_t keys[2];
  for (int i = 0; i < 2; i++) keys[i] = wants(tables[i]) ? tables[i].size(0) : 0;
  const int64_t all = keys[0] + keys[1];
  if (all == 0) return {};
  const unsigned across = blocks_of_columns(width), bands = bands_of(rows, across * all);
  auto part = at::empty({bands, all * width}, d.options());
  SelectSums a{floats(d), {ints(ids[0]), ints(ids[1])}, static_cast<int>(keys[0]), float_room(part), rows, static_cast<u32>(width)};
  launch({Unit::Tables, at::kFloat, 0, all_aligned(width, {a.d})}, "select_sums", d.device(), {across, bands, static_cast<unsigned>(all)}, kColumnThreads,
         &a);
  return {finish_span(part, 0, keys[0] * width, tables[0]), finish_span(part, keys[0] * width, keys[1] * width, tables[1])};
}

// few_gradients are those of positions and types.
std::array<at::Tensor, 2> few_gradients(const at::Tensor tables[2], const at::Tensor ids[2], const at::Tensor &d) {
  if (tables[0].size(0) + tables[1].size(0) <= kFewRows) return selected(tables, ids, d);
  return {scattered(tables[0], ids[0], d, -1), scattered(tables[1], ids[1], d, -1)};
}

struct Embed : torch::autograd::Function<Embed> {
  static at::Tensor forward(AutogradContext *ctx, const at::Tensor &word, const at::Tensor &position, const at::Tensor &type,
                            const at::Tensor &gain, const at::Tensor &bias, const at::Tensor &ids, const at::Tensor &positions,
                            const at::Tensor &types, int64_t padding, double eps, const gobert::Dropout &dropout, at::ScalarType dtype) {
    const int64_t rows = ids.numel(), width = word.size(1);
    auto out = at::empty({rows, width}, word.options().dtype(dtype));
    auto mean = at::empty({rows}, word.options()), rstd = at::empty_like(mean);
    EmbedForward a{lookup(word, position, type, ids, positions, types),
                   floats(gain),
                   floats(bias),
                   writable(out),
                   float_room(mean),
                   float_room(rstd),
                   rows,
                   static_cast<u32>(width),
                   static_cast<float>(eps),
                   of(dropout)};
    const bool aligned = all_aligned(width, {a.in.word, a.in.position, a.in.type, a.gain, a.bias, a.out});
    if (rows > 0) launch({Unit::Embedding, dtype, width, aligned}, "embed_forward", word.device(), {blocks_of_rows(rows)}, kRowThreads, &a);
    ctx->save_for_backward({word, position, type, gain, bias, ids, positions, types, mean, rstd});
    ctx->saved_data["padding"] = padding;
    save(ctx, dropout);
    return out;
  }

  static variable_list backward(AutogradContext *ctx, variable_list grads) {
    const auto saved = ctx->get_saved_variables();
    const auto &word = saved[0], &gain = saved[3], &bias = saved[4];
    const auto dy = grads[0].contiguous();
    const int64_t rows = dy.size(0), width = dy.size(1);
    auto d = at::empty({rows, width}, word.options());
    const unsigned blocks = blocks_of_sums(rows);
    auto part = at::empty({blocks, 2, width}, word.options());
    EmbedBackward a{lookup(word, saved[1], saved[2], saved[5], saved[6], saved[7]),
                    address(dy),
                    floats(saved[8]),
                    floats(saved[9]),
                    floats(gain),
                    float_room(d),
                    float_room(part),
                    rows,
                    static_cast<u32>(width),
                    of(saved_dropout(ctx))};
    const bool aligned = all_aligned(width, {a.in.word, a.in.position, a.in.type, a.dy, a.gain, a.dsum});
    launch({Unit::Embedding, dy.scalar_type(), width, aligned}, "embed_backward", dy.device(), {blocks}, kRowThreads, &a);
    const at::Tensor tables[] = {saved[1], saved[2]}, at[] = {saved[6], saved[7]};
    const auto few = few_gradients(tables, at, d);
    return {scattered(word, saved[5], d, ctx->saved_data["padding"].toInt()),
            few[0],
            few[1],
            finish(part, 0, gain),
            finish(part, 1, bias),
            {}, {}, {}, {}, {}, {}, {}};
  }

  static Lookup lookup(const at::Tensor &word, const at::Tensor &position, const at::Tensor &type, const at::Tensor &ids,
                       const at::Tensor &positions, const at::Tensor &types) {
    return {floats(word), floats(position), floats(type), ints(ids), ints(positions), ints(types)};
  }
};

}  // namespace

bool serves_embed(const at::Tensor &word, at::ScalarType type) {
  const auto device = word.device();
  return word.scalar_type() == at::kFloat && ready(Unit::Embedding, device, type, word.size(1)) && ready(Unit::Tables, device, at::kFloat) &&
         ready(Unit::Sums, device, at::kFloat);
}

at::Tensor embed(const at::Tensor &ids, const at::Tensor &positions, const at::Tensor &types, const Tables &t, int64_t padding, double eps,
                 const gobert::Dropout &dropout, at::ScalarType dtype) {
  return Embed::apply(t.word, t.position, t.type, t.gain, t.bias, ids, positions, types, padding, eps, dropout, dtype);
}

}  // namespace gobert::cuda
