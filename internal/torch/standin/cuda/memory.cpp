// Blocks of host memory that the processor refuses to touch while no operator has opened them. As CUDA's caching allocator
// does, freed blocks are kept; what is new in a block is NaN in every type, so that a value that was never written is seen.
#include "memory.h"

#include <sys/mman.h>

#include <cstring>
#include <iterator>
#include <map>
#include <mutex>

#include "counts.h"
#include "settings.h"

namespace standin {
namespace {

constexpr size_t kPage = 4096;

struct Block {
  size_t size;
  c10::DeviceIndex device;
  int open;  // how many operators have it open
};

struct Device {
  std::multimap<size_t, char *> idle;  // freed blocks by size
  c10::CachingAllocator::Stat allocated, reserved;
};

struct Memory {
  std::mutex mutex;
  std::map<char *, Block> blocks;
  std::vector<Device> devices{static_cast<size_t>(std::max(1, settings().devices))};
};

// memory lives until the process ends: tensors may be freed after every other object.
Memory &memory() {
  static Memory *m = new Memory;
  return *m;
}

thread_local c10::DeviceIndex device_here = 0;

size_t limit() { return static_cast<size_t>(settings().memory) << 20; }

void forget(Memory &m, Device &d, std::multimap<size_t, char *>::iterator at) {
  munmap(at->second, at->first);
  m.blocks.erase(at->second);
  d.reserved.decrease(at->first);
  d.idle.erase(at);
}

// find takes an idle block that is at most an eighth too large.
char *find(Device &d, size_t n) {
  auto at = d.idle.lower_bound(n);
  if (at == d.idle.end() || at->first > n + n / 8) return nullptr;
  char *data = at->second;
  d.idle.erase(at);
  return data;
}

char *fresh(Memory &m, Device &d, c10::DeviceIndex index, size_t n, size_t asked) {
  while (!d.idle.empty() && static_cast<size_t>(d.reserved.current) + n > limit()) forget(m, d, std::prev(d.idle.end()));
  const auto mib = [](int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  TORCH_CHECK_WITH(OutOfMemoryError, static_cast<size_t>(d.reserved.current) + n <= limit(), "CUDA out of memory. Tried to allocate ",
                   mib(static_cast<int64_t>(asked)), " MiB. GPU ", static_cast<int>(index), " has a total capacity of ", settings().memory,
                   " MiB of which ", mib(static_cast<int64_t>(limit()) - d.reserved.current), " MiB is free. ");
  void *data = mmap(nullptr, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  TORCH_CHECK(data != MAP_FAILED, "stand-in: the host has no memory left");
  d.reserved.increase(n);
  m.blocks[static_cast<char *>(data)] = {n, index, 0};
  count(kAllocations);
  return static_cast<char *>(data);
}

void release(void *data) {
  if (!data) return;
  Memory &m = memory();
  std::lock_guard<std::mutex> lock(m.mutex);
  Block &b = m.blocks.at(static_cast<char *>(data));
  Device &d = m.devices.at(static_cast<size_t>(b.device));
  d.allocated.decrease(b.size);
  d.idle.emplace(b.size, static_cast<char *>(data));
}

struct DeviceMemory final : c10::DeviceAllocator {
  c10::DataPtr allocate(size_t asked) override {
    const c10::DeviceIndex index = device_here;
    const c10::Device device(c10::kCUDA, index);
    if (asked == 0) return {nullptr, nullptr, &release, device};
    const size_t n = (asked + kPage - 1) / kPage * kPage;
    Memory &m = memory();
    std::lock_guard<std::mutex> lock(m.mutex);
    Device &d = m.devices.at(static_cast<size_t>(index));
    char *data = find(d, n);
    if (data)
      mprotect(data, m.blocks[data].size, PROT_READ | PROT_WRITE);
    else
      data = fresh(m, d, index, n, asked);
    Block &b = m.blocks[data];
    std::memset(data, 0xFF, asked);
    mprotect(data, b.size, PROT_NONE);
    d.allocated.increase(b.size);
    return {data, data, &release, device};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void *to, const void *from, size_t bytes) const override {
    Open open;
    open.block(to);
    open.block(const_cast<void *>(from));
    default_copy_data(to, from, bytes);
  }

  bool initialized() override { return true; }

  void emptyCache(c10::MempoolId_t) override {
    Memory &m = memory();
    std::lock_guard<std::mutex> lock(m.mutex);
    for (auto &d : m.devices)
      while (!d.idle.empty()) forget(m, d, d.idle.begin());
  }

  void recordStream(const c10::DataPtr &, c10::Stream) override {}

  c10::CachingDeviceAllocator::DeviceStats getDeviceStats(c10::DeviceIndex device) override {
    std::lock_guard<std::mutex> lock(memory().mutex);
    const Device &d = memory().devices.at(static_cast<size_t>(device));
    const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    c10::CachingDeviceAllocator::DeviceStats stats;
    stats.allocated_bytes[all] = d.allocated;
    stats.reserved_bytes[all] = d.reserved;
    return stats;
  }

  void resetAccumulatedStats(c10::DeviceIndex) override {}

  void resetPeakStats(c10::DeviceIndex device) override {
    std::lock_guard<std::mutex> lock(memory().mutex);
    Device &d = memory().devices.at(static_cast<size_t>(device));
    d.allocated.reset_peak();
    d.reserved.reset_peak();
  }

  std::pair<size_t, size_t> getMemoryInfo(c10::DeviceIndex device) override {
    std::lock_guard<std::mutex> lock(memory().mutex);
    return {limit() - static_cast<size_t>(memory().devices.at(static_cast<size_t>(device)).reserved.current), limit()};
  }
};

// Pinned memory is the host's, and known by where it lies.
struct Pinned final : c10::Allocator {
  static std::mutex &mutex() {
    static auto *m = new std::mutex;
    return *m;
  }
  static std::map<const char *, size_t> &blocks() {
    static auto *b = new std::map<const char *, size_t>;
    return *b;
  }
  static void free_block(void *data) {
    std::lock_guard<std::mutex> lock(mutex());
    blocks().erase(static_cast<char *>(data));
    std::free(data);
  }
  c10::DataPtr allocate(size_t n) override {
    void *data = nullptr;
    TORCH_CHECK(posix_memalign(&data, 64, std::max<size_t>(n, 1)) == 0, "stand-in: no pinned memory");
    std::lock_guard<std::mutex> lock(mutex());
    blocks()[static_cast<char *>(data)] = std::max<size_t>(n, 1);
    return {data, data, &free_block, c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }
  void copy_data(void *to, const void *from, size_t bytes) const override { default_copy_data(to, from, bytes); }
};

DeviceMemory allocator;
REGISTER_ALLOCATOR(c10::kCUDA, &allocator);

}  // namespace

c10::DeviceAllocator &device_memory() { return allocator; }

c10::Allocator &pinned_memory() {
  static auto *pinned = new Pinned;
  return *pinned;
}

bool is_pinned(const void *data) {
  std::lock_guard<std::mutex> lock(Pinned::mutex());
  auto &blocks = Pinned::blocks();
  auto after = blocks.upper_bound(static_cast<const char *>(data));
  if (after == blocks.begin()) return false;
  auto at = std::prev(after);
  return static_cast<const char *>(data) < at->first + at->second;
}

c10::DeviceIndex current_device() { return device_here; }

void set_current_device(c10::DeviceIndex device) {
  TORCH_CHECK(device >= 0 && device < settings().devices, "CUDA error: invalid device ordinal");
  device_here = device;
}

void Open::block(void *data) {
  Memory &m = memory();
  std::lock_guard<std::mutex> lock(m.mutex);
  auto at = m.blocks.find(static_cast<char *>(data));
  if (at == m.blocks.end()) return;
  if (at->second.open++ == 0) mprotect(at->first, at->second.size, PROT_READ | PROT_WRITE);
  held_.push_back(at->first);
}

void Open::containing(void *data) {
  char *begin = nullptr;
  {
    Memory &m = memory();
    std::lock_guard<std::mutex> lock(m.mutex);
    auto at = m.blocks.upper_bound(static_cast<char *>(data));
    if (at == m.blocks.begin()) return;
    --at;
    if (static_cast<char *>(data) >= at->first + at->second.size) return;
    for (const auto &[size, idle] : m.devices.at(static_cast<size_t>(at->second.device)).idle)
      if (idle == at->first) return;
    begin = at->first;
  }
  block(begin);
}

Open::~Open() {
  Memory &m = memory();
  std::lock_guard<std::mutex> lock(m.mutex);
  for (char *data : held_) {
    Block &b = m.blocks.at(data);
    if (--b.open == 0) mprotect(data, b.size, PROT_NONE);
  }
}

}  // namespace standin
