// Tensors of the device as the host sees them inside of an operator: see host.cpp.
#pragma once
#include <ATen/core/Tensor.h>

#include "memory.h"

namespace standin {

// host is a CPU tensor over the memory of a device's tensor, readable as long as open lives; other tensors are themselves.
at::Tensor host(const at::Tensor &t, Open &open);

// device copies a CPU tensor to the current device; other tensors are themselves.
at::Tensor device(const at::Tensor &t);

at::Tensor empty_on_device(at::IntArrayRef sizes, at::IntArrayRef strides, at::ScalarType dtype);

}  // namespace standin
