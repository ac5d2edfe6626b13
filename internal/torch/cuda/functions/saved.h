// What the differentiable functions keep for their backward passes.
#pragma once
#include <torch/csrc/autograd/custom_function.h>

#include "../../kernels/philox.h"

namespace gobert::cuda {

inline void save(torch::autograd::AutogradContext *ctx, const gobert::Dropout &dropout) {
  ctx->saved_data["threshold"] = static_cast<int64_t>(dropout.threshold);
  ctx->saved_data["seed"] = static_cast<int64_t>(dropout.seed);
  ctx->saved_data["site"] = static_cast<int64_t>(dropout.site);
}

inline gobert::Dropout saved_dropout(torch::autograd::AutogradContext *ctx) {
  return gobert::Dropout(static_cast<double>(ctx->saved_data["threshold"].toInt()) / 65536, static_cast<uint64_t>(ctx->saved_data["seed"].toInt()),
                         static_cast<uint64_t>(ctx->saved_data["site"].toInt()));
}

// present is how autograd takes an input that may be absent.
inline std::optional<at::Tensor> present(const at::Tensor &t) {
  return t.defined() ? std::optional<at::Tensor>(t.contiguous()) : std::nullopt;
}

}  // namespace gobert::cuda
