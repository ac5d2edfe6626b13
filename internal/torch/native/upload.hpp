// Several tensors in one copy to a GPU.
#include "graph.h"
#include "guard.h"

using namespace gobert;

namespace {

// pinned is a copy in page-locked memory. LibTorch keeps such memory that is freed, with an event behind each copy from it, and gives
// a block out again when the device has read it: no block is written too early, and none is waited for.
at::Tensor pinned(const void *data, size_t bytes) {
  auto host = at::empty({static_cast<int64_t>(bytes)}, options_of(static_cast<int>(at::kByte), -1).pinned_memory(true));
  if (bytes > 0) std::memcpy(host.data_ptr(), data, bytes);
  return host;
}

void views_of(gb_tensor *out, const gb_part *parts, size_t n, const at::Tensor &block) {
  std::vector<at::Tensor> views;
  for (size_t i = 0; i < n; i++) {
    const auto shape = shape_of(parts[i].shape, parts[i].dims);
    const auto type = type_of(parts[i].dtype);
    const int64_t size = c10::multiply_integers(shape) * static_cast<int64_t>(at::elementSize(type));
    views.push_back(block.narrow(0, parts[i].offset, size).view(type).view(shape));
  }
  for (size_t i = 0; i < n; i++) out[i] = give(views[i]);
}

}  // namespace

gb_error gb_upload(gb_tensor *out, const gb_part *parts, size_t n, const void *data, size_t bytes, int device) {
  return guarded([&] { views_of(out, parts, n, pinned(data, bytes).to(device_of(device), at::kByte, /*non_blocking=*/true)); });
}

gb_error gb_upload_into(gb_tensor block, const void *data, size_t bytes) {
  return guarded([&] { ref(block).copy_(pinned(data, bytes), /*non_blocking=*/true); });
}

gb_error gb_parts(gb_tensor *out, const gb_part *parts, size_t n, gb_tensor block) {
  return guarded([&] { views_of(out, parts, n, ref(block)); });
}
