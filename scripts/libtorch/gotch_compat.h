// Lets unmodified gotch v0.9.1, written for LibTorch 2.1, compile on LibTorch 2.11, and in half the time.
//
// Three operators changed their signatures in between. gotch calls them as torch::NAME with the
// old arguments, so overloads with these arguments are put beside the new ones in that namespace.
//
// This header is force-included (-include) into every C++ file that cgo compiles while the
// environment file is in force; it does nothing unless gotch's own headers are on the path.
#if defined(__cplusplus) && __has_include(<torch_api_generated.h>) && __has_include(<ATen/ATen.h>)
#pragma once

// gotch still calls the autocast switches that 2.11 calls deprecated.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#include <optional>
#include <tuple>

#include <ATen/ATen.h>

namespace torch {

// An undefined bias means "no bias", which 2.11 says with an empty optional.
inline at::Tensor _cslt_sparse_mm(const at::Tensor &compressed, const at::Tensor &dense,
                                  const at::Tensor &bias, bool transpose) {
  const auto maybe_bias = bias.defined() ? std::optional<at::Tensor>(bias) : std::nullopt;
  return at::_cslt_sparse_mm(compressed, dense, maybe_bias, std::nullopt, std::nullopt, transpose);
}

// 2.11 returns one tensor and no longer reports its largest magnitude: the old call has no meaning.
inline std::tuple<at::Tensor, at::Tensor> _scaled_mm(const at::Tensor &, const at::Tensor &,
                                                     const at::Tensor &,
                                                     std::optional<at::ScalarType>,
                                                     const at::Tensor &, const at::Tensor &,
                                                     const at::Tensor &) {
  TORCH_CHECK(false, "_scaled_mm of LibTorch 2.1 does not exist in LibTorch 2.11");
}

inline std::tuple<at::Tensor &, at::Tensor &>
_scaled_mm_out(at::Tensor &, at::Tensor &, const at::Tensor &, const at::Tensor &,
               const at::Tensor &, std::optional<at::ScalarType>, const at::Tensor &,
               const at::Tensor &, const at::Tensor &) {
  TORCH_CHECK(false, "_scaled_mm_out of LibTorch 2.1 does not exist in LibTorch 2.11");
}

}  // namespace torch

// gotch's 2,500 wrappers each hand their arguments to one operator and catch what it throws. What follows concerns them alone: all
// of LibTorch's headers are read by now. One function keeps the message in the place of 2,500 copies of it, and nothing is gained
// by optimising a call: 27 s of processor time for 55. (gotch's own -O3 comes after the flags of env.sh, so that it is said here.)
#include <torch_api.h>

static __attribute__((noinline, cold)) void gobert_keep_error(const std::exception &e) {
  torch_last_err = strdup(e.what());
}

#undef PROTECT
#define PROTECT(x)                \
  try {                           \
    x                             \
  } catch (const exception &e) {  \
    gobert_keep_error(e);         \
  }

#define STBI_NO_SIMD  // of the images that gotch can read: vector instructions want an optimiser
#pragma GCC optimize("O0")
#endif
