// Memory of CPU tensors. Packed batches have another number of tokens in every step, so every activation has another size
// than in the step before; the system's heap then splits and grows for thousands of steps. Here freed blocks wait for a
// request that they fit, also if it is a third smaller, so after a few steps all requests are served by blocks that are there.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <map>
#include <mutex>

#include "allocator.h"

namespace gobert {
namespace {

constexpr size_t alignment = 64;           // of what is given out, as LibTorch's own allocator has it
constexpr size_t header = alignment;       // before it, with the block's capacity
constexpr size_t small = size_t(32) << 10; // below, the system's heap does well
constexpr size_t page = 4096;

struct Pool {
  std::mutex mutex;
  std::multimap<size_t, char *> idle;      // by capacity
  size_t waiting = 0, used = 0, peak = 0;  // bytes of idle blocks, of those given out, and the most ever given out

  // find takes the smallest idle block that holds n bytes and wastes at most half of n.
  char *find(size_t n) {
    auto at = idle.lower_bound(n);
    if (at == idle.end() || at->first > n + n / 2) return nullptr;
    char *block = at->second;
    waiting -= at->first;
    idle.erase(at);
    return block;
  }

  // shrink gives idle blocks back, largest first, where a new one would bring the total far above what was ever needed.
  void shrink(size_t n) {
    while (!idle.empty() && waiting + used + n > peak + peak / 2) {
      auto last = std::prev(idle.end());
      waiting -= last->first;
      std::free(last->second);
      idle.erase(last);
    }
  }
};

// pool lives until the process ends: tensors may be freed after every other object.
Pool &pool() {
  static Pool *p = new Pool;
  return *p;
}

size_t &capacity(char *block) { return *reinterpret_cast<size_t *>(block); }

// drop gives all idle blocks back to the system's heap.
void drop(Pool &p) {
  for (auto &[size, block] : p.idle) std::free(block);
  p.idle.clear();
  p.waiting = 0;
}

char *fresh(size_t n) {
  void *block = nullptr;
  if (posix_memalign(&block, alignment, n + header) != 0) {
    TORCH_CHECK(false, "out of memory: can't allocate memory: ", n, " bytes were asked for");
  }
  return static_cast<char *>(block);
}

char *take(size_t n) {
  if (n < small) {
    char *block = fresh(n);
    capacity(block) = 0;
    return block;
  }
  size_t rounded = (n + n / 16 + page - 1) / page * page;
  Pool &p = pool();
  std::lock_guard<std::mutex> lock(p.mutex);
  char *block = p.find(n);
  if (!block) {
    p.shrink(rounded);
    try {
      block = fresh(rounded);
    } catch (const c10::Error &) {
      drop(p);
      block = fresh(rounded);
    }
    capacity(block) = rounded;
  }
  p.used += capacity(block);
  p.peak = std::max(p.peak, p.used);
  return block;
}

void release(void *data) {
  if (!data) return;
  char *block = static_cast<char *>(data) - header;
  size_t size = capacity(block);
  if (size == 0) return std::free(block);
  Pool &p = pool();
  std::lock_guard<std::mutex> lock(p.mutex);
  p.used -= size;
  p.waiting += size;
  p.idle.emplace(size, block);
}

struct Recycling final : c10::Allocator {
  c10::DataPtr allocate(size_t n) override {
    if (n == 0) return {nullptr, nullptr, &release, c10::Device(c10::DeviceType::CPU)};
    void *data = take(n) + header;
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void *dest, const void *src, std::size_t count) const override { default_copy_data(dest, src, count); }
};

}  // namespace

void forget_memory() {
  Pool &p = pool();
  std::lock_guard<std::mutex> lock(p.mutex);
  drop(p);
}

void recycle_memory() {
  static Recycling *allocator = new Recycling;
  c10::SetCPUAllocator(allocator, 1);
}

}  // namespace gobert
