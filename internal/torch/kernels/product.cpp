#include "product.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include "kernels.h"
#include "panels.h"

namespace gobert {
namespace {

using Pointwise = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &, c10::string_view,
                             c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>);
using Reorder = at::Tensor(const at::Tensor &, std::optional<int64_t>);

// For fp32 at::linear calls MKL, which has no kernel for the vector units of some processors (it falls back to AVX2 on
// AMD's); oneDNN has, and is 10 to 20 % faster there. Below kFewRows its preparation costs more than it saves.
constexpr int64_t kFewRows = 64;

bool onednn(const at::Tensor &x) {
  return x.is_cpu() && x.scalar_type() == at::kFloat && x.size(0) >= kFewRows && at::globalContext().hasMKLDNN();
}

// pointwise is a product by oneDNN, with an activation on its way out.
at::Tensor pointwise(const at::Tensor &x, const at::Tensor &w, const std::optional<at::Tensor> &bias, c10::string_view name,
                     c10::string_view algorithm) {
  static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Pointwise>();
  return op.call(x, w, bias, name, c10::List<std::optional<at::Scalar>>(), algorithm);
}

}  // namespace

at::Tensor product(const at::Tensor &x, const at::Tensor &w, const at::Tensor &bias) {
  std::optional<at::Tensor> b;
  if (bias.defined()) b = bias;
  return onednn(x) ? pointwise(x, w, b, "none", "") : at::linear(x, w, b);
}

bool reorderable(at::ScalarType type) {
  if (!kernels_on() || !at::globalContext().hasMKLDNN()) return false;
#if defined(__x86_64__)
  return type == at::kFloat || (type == at::kBFloat16 && __builtin_cpu_supports("avx512bf16"));
#else
  return false;
#endif
}

at::Tensor reorder(const at::Tensor &w) {
  if (w.scalar_type() == at::kFloat && panels::generation()) return panels::pack(w);
  static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", "").typed<Reorder>();
  return op.call(w, std::nullopt);
}

at::Tensor reordered_linear(const at::Tensor &x, const at::Tensor &reordered, const at::Tensor &bias, const std::string &activation) {
  if (panels::is_packed(reordered)) return panels::linear(x, reordered, bias, activation);
  if (activation == "gelu") return pointwise(x, reordered, bias, "gelu", "none");
  if (activation == "gelu_new" || activation == "gelu_pytorch_tanh") return pointwise(x, reordered, bias, "gelu", "tanh");
  if (activation == "silu" || activation == "swish") return pointwise(x, reordered, bias, "swish", "");
  if (activation == "relu" || activation == "tanh") return pointwise(x, reordered, bias, activation, "");
  TORCH_CHECK(activation.empty(), "unknown activation ", activation);
  return pointwise(x, reordered, bias, "none", "");
}

}  // namespace gobert
