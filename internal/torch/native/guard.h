// Shared by the C++ files: handles, devices, and turning exceptions into messages.
#pragma once
#include <ATen/ATen.h>

#include <cstdlib>
#include <cstring>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>

#include <exception>
#include <string>

#include "abi.h"

namespace gobert {

inline char *message(const char *text) { return strdup(text && *text ? text : "unknown C++ exception"); }

// guarded runs f and returns its exception's text (without LibTorch's C++ stack), or NULL.
template <typename F>
inline gb_error guarded(F &&f) {
  try {
    f();
    return nullptr;
  } catch (const c10::Error &e) {
    return message(e.what_without_backtrace());
  } catch (const std::exception &e) {
    return message(e.what());
  } catch (...) {
    return message(nullptr);
  }
}

// called_back raises a message of Go's, which comes back from a call of ours.
inline void called_back(const char *what, char *error) {
  if (!error) return;
  std::string text = error;
  free(error);
  TORCH_CHECK(false, what, ": ", text);
}

inline at::Tensor &ref(gb_tensor t) {
  TORCH_CHECK(t != nullptr, "a tensor that was freed, or never made, was used");
  return *static_cast<at::Tensor *>(t);
}

// optional gives an undefined tensor for NULL.
inline at::Tensor optional(gb_tensor t) { return t ? *static_cast<at::Tensor *>(t) : at::Tensor(); }

inline gb_tensor give(at::Tensor t) { return new at::Tensor(std::move(t)); }

// A device number is -1 for the CPU and n for CUDA device n.
inline at::Device device_of(int device) {
  return device < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(device));
}

inline int number_of(const at::Device &device) { return device.is_cuda() ? device.index() : -1; }

inline at::ScalarType type_of(int dtype) { return static_cast<at::ScalarType>(dtype); }

inline at::TensorOptions options_of(int dtype, int device) {
  return at::TensorOptions().dtype(type_of(dtype)).device(device_of(device));
}

inline at::IntArrayRef shape_of(const int64_t *shape, int dims) { return at::IntArrayRef(shape, static_cast<size_t>(dims)); }

}  // namespace gobert
