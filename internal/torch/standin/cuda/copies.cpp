// CUDA copies from and to pinned memory some time between the call and the next wait. Here an upload reads the host's memory as
// late as it may, when an operator or a wait comes, and a download writes it as late as it may, at the wait: who writes too
// early or reads too early gets the wrong numbers, each time. Copies of other memory wait, as CUDA's do.
#include "copies.h"

#include <ATen/ops/empty_like.h>
#include <c10/core/GradMode.h>

#include <cstring>
#include <functional>
#include <mutex>
#include <vector>

#include "counts.h"
#include "host.h"

namespace standin {
namespace {

using Work = std::vector<std::function<void()>>;

std::mutex &mutex() {
  static auto *m = new std::mutex;
  return *m;
}
Work &uploads() {
  static auto *w = new Work;
  return *w;
}
Work &downloads() {
  static auto *w = new Work;
  return *w;
}

// run does what waits, in its order; it may make no copies itself.
void run(Work &work) {
  Work now;
  {
    std::lock_guard<std::mutex> lock(mutex());
    now.swap(work);
  }
  c10::NoGradGuard no_grad;
  for (auto &f : now) f();
}

void put(Work &work, std::function<void()> f) {
  std::lock_guard<std::mutex> lock(mutex());
  work.push_back(std::move(f));
}

void copy_now(const at::Tensor &to, const at::Tensor &from) {
  c10::NoGradGuard no_grad;
  Open open;
  host(to, open).copy_(host(from, open));
}

bool pinned(const at::Tensor &t) { return t.numel() > 0 && is_pinned(t.data_ptr()); }

// raw says whether a copy moves bytes alone: of one type, both contiguous. Others are changed on the device first, or wait.
bool raw(const at::Tensor &a, const at::Tensor &b) {
  return a.scalar_type() == b.scalar_type() && a.is_contiguous() && b.is_contiguous() && a.sizes() == b.sizes();
}

}  // namespace

void bring() { run(uploads()); }

void synchronise() {
  count(kSynchronisations);
  bring();
  run(downloads());
  check();
}

at::Tensor &copy(at::Tensor &self, const at::Tensor &from, bool non_blocking) {
  if (self.is_cuda() && from.is_cuda()) {
    operated("aten::copy_");
    bring();
    copy_now(self, from);
    return self;
  }
  count(self.is_cuda() ? kUploads : kDownloads);
  if (self.is_cuda() && non_blocking && pinned(from) && raw(self, from)) {
    put(uploads(), [self, from] { copy_now(self, from); });
    return self;
  }
  if (from.is_cuda() && non_blocking && pinned(self) && raw(self, from)) {
    bring();
    auto kept = at::empty_like(self);
    copy_now(kept, from);
    std::memset(self.data_ptr(), 0xFF, self.nbytes());
    put(downloads(), [self, kept] { std::memcpy(self.data_ptr(), kept.data_ptr(), kept.nbytes()); });
    return self;
  }
  count(kPageable);
  synchronise();
  copy_now(self, from);
  return self;
}

}  // namespace standin
