#include "composite.h"

#include <cmath>

#include "../cuda/functions/cuda.h"
#include "dropout_mask.h"

namespace gobert::composite {

namespace {
// drop_heads masks probabilities [A,T,T] of a sequence that begins at row first of tokens.
at::Tensor drop_heads(const at::Tensor &x, const Dropout &d, int64_t first, int64_t tokens) {
  if (!d.on()) return x;
  std::vector<at::Tensor> heads;
  for (int64_t h = 0; h < x.size(0); h++) heads.push_back(drop(x[h], d, static_cast<uint64_t>(h * tokens + first)));
  return at::stack(heads);
}

// drop_rows is drop, by one kernel where there is one.
at::Tensor drop_rows(const at::Tensor &x, const Dropout &d) { return cuda::serves_dropout(x) ? cuda::counter_dropout(x, d) : drop(x, d); }

// norm computes in fp32 whatever the type of x, as autocast does, and gives x's type back.
at::Tensor norm(const at::Tensor &x, const at::Tensor &gain, const at::Tensor &bias, double eps, at::ScalarType dtype) {
  return at::layer_norm(x.to(at::kFloat), {x.size(-1)}, gain, bias, eps).to(dtype);
}
}  // namespace

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias) {
  std::optional<at::Tensor> b;
  if (bias.defined()) b = bias.to(x.scalar_type());
  return at::linear(x, weight.to(x.scalar_type()), b);
}

at::Tensor activation(const at::Tensor &x, const std::string &kind) {
  if (kind == "gelu") return at::gelu(x);
  if (kind == "gelu_new" || kind == "gelu_pytorch_tanh") return at::gelu(x, "tanh");
  if (kind == "relu") return at::relu(x);
  if (kind == "silu" || kind == "swish") return at::silu(x);
  if (kind == "tanh") return at::tanh(x);
  TORCH_CHECK(false, "unknown activation ", kind);
}

at::Tensor dropout_add_norm(const at::Tensor &x, const at::Tensor &residual, const at::Tensor &gain, const at::Tensor &bias, double eps,
                            const Dropout &dropout) {
  auto sum = drop_rows(x, dropout);
  if (residual.defined()) sum = sum + residual;
  return norm(sum, gain, bias, eps, x.scalar_type());
}

at::Tensor embed(const at::Tensor &ids, const at::Tensor &types, const at::Tensor &positions, const at::Tensor &word, const at::Tensor &type,
                 const at::Tensor &position, const at::Tensor &gain, const at::Tensor &bias, int64_t padding, double eps,
                 const Dropout &dropout, at::ScalarType dtype) {
  auto sum = at::embedding(word, ids, padding) + at::embedding(type, types) + at::embedding(position, positions);
  return drop_rows(norm(sum, gain, bias, eps, at::kFloat), dropout).to(dtype);
}

std::tuple<at::Tensor, std::vector<at::Tensor>> attention(const at::Tensor &qkv, const at::Tensor &offsets, int64_t heads,
                                                          const Dropout &dropout) {
  const auto width = qkv.size(1) / 3, head = width / heads;
  const auto *at_row = offsets.data_ptr<int32_t>();
  std::vector<at::Tensor> parts, weights;
  for (int64_t s = 0; s + 1 < offsets.numel(); s++) {
    const int64_t length = at_row[s + 1] - at_row[s];
    auto rows = qkv.narrow(0, at_row[s], length).view({length, 3, heads, head}).permute({1, 2, 0, 3});  // [3,A,T,D]
    auto scores = at::matmul(rows[0], rows[1].transpose(-1, -2)) / std::sqrt(static_cast<double>(head));
    auto probabilities = drop_heads(at::softmax(scores, -1, at::kFloat).to(qkv.scalar_type()), dropout, at_row[s], qkv.size(0));  // [A,T,T]
    parts.push_back(at::matmul(probabilities, rows[2]).transpose(0, 1).reshape({length, width}));
    weights.push_back(probabilities);
  }
  return {at::cat(parts), weights};
}

std::tuple<at::Tensor, at::Tensor> masked_lm_loss(const at::Tensor &h, const at::Tensor &word, const at::Tensor &bias,
                                                  const at::Tensor &targets) {
  return loss_of_logits(linear(h, word, bias).to(at::kFloat), targets);
}

std::tuple<at::Tensor, at::Tensor> loss_of_logits(const at::Tensor &logits, const at::Tensor &targets) {
  auto labels = targets.to(at::kLong);
  constexpr int64_t asks_for_nothing = -1;
  return {at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, asks_for_nothing), logits.detach().argmax(-1).eq(labels).sum()};
}

}  // namespace gobert::composite
