// Making tensors, reading them, and moving them between Go memory and devices.
#include "guard.h"

using namespace gobert;

gb_error gb_empty(gb_tensor *out, const int64_t *shape, int dims, int dtype, int device, bool pinned) {
  return guarded([&] { *out = give(at::empty(shape_of(shape, dims), options_of(dtype, device).pinned_memory(pinned))); });
}

gb_error gb_zeros(gb_tensor *out, const int64_t *shape, int dims, int dtype, int device) {
  return guarded([&] { *out = give(at::zeros(shape_of(shape, dims), options_of(dtype, device))); });
}

gb_error gb_from_host(gb_tensor *out, const void *data, const int64_t *shape, int dims, int dtype, int device) {
  return guarded([&] {
    // For CUDA the bytes go through page-locked memory of LibTorch's own cache, which keeps it until the copy is done: the
    // upload overlaps with what the host does next, and waits for nothing.
    auto host = at::empty(shape_of(shape, dims), options_of(dtype, -1).pinned_memory(device >= 0));
    if (host.nbytes() > 0) std::memcpy(host.data_ptr(), data, host.nbytes());
    *out = give(device < 0 ? host : host.to(device_of(device), host.scalar_type(), /*non_blocking=*/true));
  });
}

gb_error gb_of_memory(gb_tensor *out, void *data, const int64_t *shape, int dims, int dtype) {
  return guarded([&] { *out = give(at::from_blob(data, shape_of(shape, dims), options_of(dtype, -1))); });
}

gb_error gb_to_host(gb_tensor t, void *data, size_t bytes, int dtype) {
  return guarded([&] {
    auto host = ref(t).detach().to(at::TensorOptions().device(at::kCPU).dtype(type_of(dtype))).contiguous();
    TORCH_CHECK(host.nbytes() == bytes, "copy to host: the tensor holds ", host.nbytes(), " bytes, the slice ", bytes);
    if (bytes > 0) std::memcpy(data, host.data_ptr(), bytes);
  });
}

gb_error gb_shape(gb_tensor t, int64_t *shape, int capacity, int *dims, int *dtype, int *device) {
  return guarded([&] {
    const auto &x = ref(t);
    TORCH_CHECK(x.defined(), "the tensor is undefined");
    TORCH_CHECK(x.dim() <= capacity, "a tensor of ", x.dim(), " dimensions; at most ", capacity, " are known here");
    *dims = static_cast<int>(x.dim());
    for (int i = 0; i < *dims; i++) shape[i] = x.size(i);
    *dtype = static_cast<int>(x.scalar_type());
    *device = number_of(x.device());
  });
}

gb_error gb_data(gb_tensor t, void **data, size_t *bytes) {
  return guarded([&] {
    const auto &x = ref(t);
    TORCH_CHECK(x.device().is_cpu() && x.is_contiguous(), "only a contiguous tensor on the CPU has memory that Go can see");
    *data = x.data_ptr();
    *bytes = x.nbytes();
  });
}

gb_error gb_item(gb_tensor t, double *value) {
  return guarded([&] { *value = ref(t).item().toDouble(); });
}

gb_error gb_view(gb_tensor *out, gb_tensor t, int64_t offset, const int64_t *shape, int dims) {
  return guarded([&] {
    auto s = shape_of(shape, dims);
    *out = give(ref(t).narrow(0, offset, c10::multiply_integers(s)).view(s));
  });
}

gb_error gb_alias(gb_tensor *out, gb_tensor t) {
  return guarded([&] { *out = give(ref(t)); });
}

gb_error gb_copy(gb_tensor dst, gb_tensor src, bool non_blocking) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    ref(dst).copy_(ref(src), non_blocking);
  });
}

gb_error gb_to(gb_tensor *out, gb_tensor t, int dtype, int device, bool non_blocking) {
  return guarded([&] { *out = give(ref(t).to(options_of(dtype, device), non_blocking)); });
}

void gb_free_all(gb_tensor *tensors, size_t n) {
  // The newest goes first: the loss roots the graph, so one release frees what hangs from it in order.
  for (size_t i = n; i-- > 0;) delete static_cast<at::Tensor *>(tensors[i]);
}

void gb_free_message(gb_error message) { free(message); }
