// Copies on a device, and those from and to pinned memory that are asked not to wait, stand in the stream as all work does: an
// upload reads the host's memory late, and a download writes it late. Copies of other memory wait, as CUDA's do.
#include "copies.h"

#include <cstring>

#include "counts.h"
#include "memory.h"
#include "queue.h"

namespace standin {
namespace {

bool pinned(const at::Tensor &t) { return t.numel() > 0 && is_pinned(t.data_ptr()); }

// raw says whether a copy moves bytes alone: of one type, both contiguous. Others are changed on the device first, or wait.
bool raw(const at::Tensor &a, const at::Tensor &b) {
  return a.scalar_type() == b.scalar_type() && a.is_contiguous() && b.is_contiguous() && a.sizes() == b.sizes();
}

}  // namespace

at::Tensor &copy(at::Tensor &self, const at::Tensor &from, bool non_blocking) {
  const c10::DeviceIndex device = self.is_cuda() ? self.device().index() : from.device().index();
  const bool between = self.is_cuda() && from.is_cuda();
  if (between)
    operated("aten::copy_");
  else
    refuse(), count(self.is_cuda() ? kUploads : kDownloads);  // LibTorch gives the host's memory to others afterwards
  if (between && self.device() != from.device()) synchronise(from.device().index());
  Seen seen;
  // Pinned memory is kept until the copy is made, as LibTorch's cache of it does.
  auto work = [to = seen.host(self), what = seen.host(from)] { at::Tensor(to).copy_(what); };
  const bool late = between || (non_blocking && raw(self, from) && (self.is_cuda() ? pinned(from) : pinned(self)));
  if (!late) {
    count(kPageable);
    now(device, std::move(seen), std::move(work));
    return self;
  }
  if (!self.is_cuda()) std::memset(self.data_ptr(), 0xFF, self.nbytes());
  later(device, std::move(seen), std::move(work));
  return self;
}

}  // namespace standin
