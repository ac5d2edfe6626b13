// What LibTorch asks of CUDA beside operators: devices, streams, events, generators.
#include <ATen/EmptyTensor.h>
#include <ATen/core/Generator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <atomic>
#include <vector>

#include "copies.h"
#include "generator.h"
#include "memory.h"
#include "settings.h"

namespace standin {
namespace {

c10::Device at_device(c10::DeviceIndex index) { return c10::Device(c10::kCUDA, index); }
c10::DeviceIndex index_of(c10::Device d) { return d.has_index() ? d.index() : current_device(); }

// Each thread has a present stream of each device; the default one is number 0.
thread_local std::vector<c10::StreamId> streams_here;

c10::StreamId &stream_of(c10::DeviceIndex device) {
  streams_here.resize(static_cast<size_t>(settings().devices));
  return streams_here.at(static_cast<size_t>(device));
}

// kPool is how many streams LibTorch's pool has; who asks for more shares one.
constexpr c10::StreamId kPool = 32;

struct Guard final : c10::impl::DeviceGuardImplInterface {
  static constexpr c10::DeviceType static_type = c10::kCUDA;
  Guard() = default;
  explicit Guard(c10::DeviceType) {}
  c10::DeviceType type() const override { return c10::kCUDA; }
  c10::Device exchangeDevice(c10::Device d) const override {
    auto before = getDevice();
    set_current_device(index_of(d));
    return before;
  }
  c10::Device getDevice() const override { return at_device(current_device()); }
  void setDevice(c10::Device d) const override { set_current_device(index_of(d)); }
  void uncheckedSetDevice(c10::Device d) const noexcept override { set_current_device(index_of(d)); }
  c10::Stream getStream(c10::Device d) const override { return numbered(d, stream_of(index_of(d))); }
  c10::Stream getDefaultStream(c10::Device d) const override { return numbered(d, 0); }
  c10::Stream getStreamFromGlobalPool(c10::Device d, bool) const override {
    static std::atomic<c10::StreamId> given{0};
    return numbered(d, 1 + given++ % kPool);
  }
  c10::Stream exchangeStream(c10::Stream s) const override {
    const auto before = getStream(s.device());
    stream_of(s.device_index()) = s.id();
    return before;
  }
  c10::DeviceIndex deviceCount() const noexcept override { return static_cast<c10::DeviceIndex>(settings().devices); }
  void record(void **event, const c10::Stream &, const c10::DeviceIndex, const c10::EventFlag) const override { *event = &kEvent; }
  void block(void *, const c10::Stream &) const override {}
  void *getStreamNativeHandle(const c10::Stream s) const override { return reinterpret_cast<void *>(s.id()); }  // CUDA's default one is NULL
  bool queryEvent(void *) const override { return true; }
  void synchronizeEvent(void *) const override { synchronise(); }
  bool queryStream(const c10::Stream &) const override { return true; }
  void synchronizeStream(const c10::Stream &) const override { synchronise(); }
  void synchronizeDevice(const c10::DeviceIndex) const override { synchronise(); }

  static c10::Stream numbered(c10::Device d, c10::StreamId id) { return c10::Stream(c10::Stream::UNSAFE, at_device(index_of(d)), id); }

  static inline int kEvent = 0;
};
C10_REGISTER_GUARD_IMPL(CUDA, Guard);

}  // namespace
}  // namespace standin

// The registry of hooks knows them by the name that CUDA's have, in LibTorch's namespace.
namespace at {
namespace {

struct CUDAHooks final : CUDAHooksInterface {
  explicit CUDAHooks(CUDAHooksArgs) {}
  void init() const override {}
  bool hasCUDA() const override { return true; }
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(DeviceIndex) const override { return true; }
  int getNumGPUs() const override { return standin::settings().blind ? 0 : standin::settings().devices; }
  DeviceIndex deviceCount() const override { return static_cast<DeviceIndex>(standin::settings().devices); }
  DeviceIndex current_device() const override { return standin::current_device(); }
  long versionCUDART() const override { return 13000; }
  const Generator &getDefaultGenerator(DeviceIndex device) const override { return standin::generator(device); }
  Allocator *getPinnedMemoryAllocator() const override { return &standin::pinned_memory(); }
  bool isPinnedPtr(const void *data) const override { return standin::is_pinned(data); }
  void deviceSynchronize(DeviceIndex) const override { standin::synchronise(); }
};
REGISTER_CUDA_HOOKS(CUDAHooks);

}  // namespace
}  // namespace at
