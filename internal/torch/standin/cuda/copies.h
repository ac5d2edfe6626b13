// Copies between host and device, as late as CUDA may make them: see copies.cpp.
#pragma once
#include <ATen/core/Tensor.h>

namespace standin {

at::Tensor &copy(at::Tensor &self, const at::Tensor &from, bool non_blocking);

// bring makes the uploads that the present thread's stream is waiting for; every operator begins with it.
void bring();

// synchronise waits for everything: uploads, and what was to come to pinned memory. It raises the error of a device that ended.
void synchronise();

}  // namespace standin
