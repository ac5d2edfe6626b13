#include "host.h"

#include <ATen/EmptyTensor.h>
#include <ATen/ops/from_blob.h>

#include <cstring>

namespace standin {

at::Tensor host(const at::Tensor &t, Open &open) {
  if (!t.defined() || !t.is_cuda()) return t;
  open.block(t.storage().unsafeGetStorageImpl()->mutable_data());
  const auto options = at::TensorOptions().dtype(t.scalar_type()).device(at::kCPU);
  auto out = at::for_blob(t.unsafeGetTensorImpl()->mutable_data(), t.sizes()).strides(t.strides()).options(options).make_tensor();
  if (t.unsafeGetTensorImpl()->is_wrapped_number()) out.unsafeGetTensorImpl()->set_wrapped_number(true);
  return out;
}

at::Tensor empty_on_device(at::IntArrayRef sizes, at::IntArrayRef strides, at::ScalarType dtype) {
  return at::detail::empty_strided_generic(sizes, strides, &device_memory(), c10::DispatchKeySet(c10::DispatchKey::CUDA), dtype);
}

at::Tensor device(const at::Tensor &t) {
  if (!t.defined() || t.is_cuda()) return t;
  auto out = empty_on_device(t.sizes(), t.strides(), t.scalar_type());
  Open open;
  auto to = host(out, open);
  const size_t bytes = at::detail::computeStorageNbytes(t.sizes(), t.strides(), t.element_size());
  if (bytes > 0) std::memcpy(to.data_ptr(), t.data_ptr(), bytes);
  return out;
}

}  // namespace standin
