// Tensors made on the device: see host.cpp.
#pragma once
#include <ATen/core/Tensor.h>

namespace standin {

at::Tensor empty_on_device(at::IntArrayRef sizes, at::IntArrayRef strides, at::ScalarType dtype);

// device puts what a CPU tensor holds onto the current device, later; other tensors are themselves.
at::Tensor device(const at::Tensor &t);

}  // namespace standin
