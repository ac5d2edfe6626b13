// Blocks of host memory that the processor refuses to touch while no work of a stream has opened them. As CUDA's caching allocator
// does, freed blocks are kept, each for the stream that it was made for, whose later work comes after what still uses it; what is
// new in a block is NaN in every type, so that a value that was never written is seen.
#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>

#include "counts.h"
#include "queue.h"
#include "settings.h"

namespace standin {
namespace {

constexpr size_t kPage = 4096;

struct Block {
  size_t size;
  c10::DeviceIndex device;
  c10::StreamId stream;
  int open;                // how many pieces of work have it open
  bool idle;               // it was freed
  int recording;           // that works in it; 0: none
  std::vector<Place> used; // where other streams were when it was freed that use it
  std::vector<c10::Stream> others;
};

using Idle = std::multimap<std::pair<c10::StreamId, size_t>, char *>;

struct Device {
  Idle idle;
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

// forget gives an idle block back to the host, unless a recording works in it.
Idle::iterator forget(Memory &m, Device &d, Idle::iterator at) {
  if (m.blocks.at(at->second).recording != 0) return std::next(at);
  const size_t size = at->first.second;
  munmap(at->second, size);
  m.blocks.erase(at->second);
  d.reserved.decrease(size);
  return d.idle.erase(at);
}

// find takes an idle block of a stream that is at most an eighth too large, and that no other stream may be using.
char *find(Memory &m, Device &d, c10::StreamId stream, size_t n) {
  if (full()) return nullptr;
  for (auto at = d.idle.lower_bound({stream, n}); at != d.idle.end() && at->first.first == stream && at->first.second <= n + n / 8; ++at) {
    auto &used = m.blocks[at->second].used;
    const int recording = m.blocks[at->second].recording;
    if (recording != 0 && !(capturing() && capturing()->number == recording)) continue;
    used.erase(std::remove_if(used.begin(), used.end(), [](const Place &p) { return passed(p); }), used.end());
    if (!used.empty()) continue;
    char *data = at->second;
    d.idle.erase(at);
    return data;
  }
  return nullptr;
}

bool fits(const Device &d, size_t n) { return static_cast<size_t>(d.reserved.current) + n <= limit(); }

// fresh makes a block. The streams have done all they had to where idle ones must go for it.
char *fresh(Memory &m, Device &d, c10::DeviceIndex index, c10::StreamId stream, size_t n, size_t asked) {
  for (auto at = d.idle.begin(); at != d.idle.end() && !fits(d, n);) at = forget(m, d, at);
  const auto mib = [](int64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  TORCH_CHECK_WITH(OutOfMemoryError, fits(d, n) && !full(), "CUDA out of memory. Tried to allocate ", mib(static_cast<int64_t>(asked)), " MiB. GPU ",
                   static_cast<int>(index), " has a total capacity of ", settings().memory, " MiB of which ",
                   mib(static_cast<int64_t>(limit()) - d.reserved.current), " MiB is free. ");
  void *data = mmap(nullptr, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  TORCH_CHECK(data != MAP_FAILED, "stand-in: the host has no memory left");
  d.reserved.increase(n);
  const Recording *r = capturing();
  m.blocks[static_cast<char *>(data)] = {n, index, stream, 0, false, r ? r->number : 0, {}, {}};
  count(kAllocations);
  return static_cast<char *>(data);
}

void release(void *data) {
  if (!data) return;
  Memory &m = memory();
  std::lock_guard<std::mutex> lock(m.mutex);
  Block &b = m.blocks.at(static_cast<char *>(data));
  Device &d = m.devices.at(static_cast<size_t>(b.device));
  for (const auto &s : b.others) b.used.push_back(end_of(s));
  b.others.clear();
  b.idle = true;
  d.allocated.decrease(b.size);
  d.idle.emplace(std::make_pair(b.stream, b.size), static_cast<char *>(data));
}

struct DeviceMemory final : c10::DeviceAllocator {
  c10::DataPtr allocate(size_t asked) override {
    const c10::DeviceIndex index = device_here;
    const c10::Device device(c10::kCUDA, index);
    if (asked == 0) return {nullptr, nullptr, &release, device};
    const size_t n = (asked + kPage - 1) / kPage * kPage;
    const c10::StreamId stream = present(index).id();
    Memory &m = memory();
    std::unique_lock<std::mutex> lock(m.mutex);
    Device &d = m.devices.at(static_cast<size_t>(index));
    char *data = find(m, d, stream, n);
    if (!data && !fits(d, n)) {
      lock.unlock();
      drain(index);
      lock.lock();
    }
    if (!data) data = fresh(m, d, index, stream, n, asked);
    Block &b = m.blocks[data];
    b.idle = false;
    d.allocated.increase(b.size);
    lock.unlock();
    Seen seen;
    seen.block(data);
    fill(index, std::move(seen), data, asked);
    return {data, data, &release, device};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void *to, const void *from, size_t bytes) const override {
    for (int i = 0; i < settings().devices; i++) drain(static_cast<c10::DeviceIndex>(i));
    Open open;
    open.block(to);
    open.block(const_cast<void *>(from));
    default_copy_data(to, from, bytes);
  }

  bool initialized() override { return true; }

  void emptyCache(c10::MempoolId_t) override {
    for (int i = 0; i < settings().devices; i++) drain(static_cast<c10::DeviceIndex>(i));
    Memory &m = memory();
    std::lock_guard<std::mutex> lock(m.mutex);
    for (auto &d : m.devices)
      for (auto at = d.idle.begin(); at != d.idle.end();) at = forget(m, d, at);
  }

  void recordStream(const c10::DataPtr &data, c10::Stream stream) override {
    Memory &m = memory();
    std::lock_guard<std::mutex> lock(m.mutex);
    const auto at = m.blocks.find(static_cast<char *>(data.get()));
    if (at != m.blocks.end() && at->second.stream != stream.id()) at->second.others.push_back(stream);
  }

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

void *block_in_use(void *data) {
  Memory &m = memory();
  std::lock_guard<std::mutex> lock(m.mutex);
  auto at = m.blocks.upper_bound(static_cast<char *>(data));
  if (at == m.blocks.begin()) return nullptr;
  --at;
  return static_cast<char *>(data) < at->first + at->second.size && !at->second.idle ? at->first : nullptr;
}

void give_back(int recording) {
  std::lock_guard<std::mutex> lock(memory().mutex);
  for (auto &[data, b] : memory().blocks)
    if (b.recording == recording) b.recording = 0;
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
