// What LibTorch asks of CUDA beside operators: devices, streams, events, generators.
#include <ATen/EmptyTensor.h>
#include <ATen/core/Generator.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include "generator.h"
#include "memory.h"
#include "queue.h"
#include "settings.h"

namespace standin {
namespace {

c10::Device at_device(c10::DeviceIndex index) { return c10::Device(c10::kCUDA, index); }
c10::DeviceIndex index_of(c10::Device d) { return d.has_index() ? d.index() : current_device(); }

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
  c10::Stream getStream(c10::Device d) const override { return present(index_of(d)); }
  c10::Stream getDefaultStream(c10::Device d) const override { return c10::Stream(c10::Stream::DEFAULT, at_device(index_of(d))); }
  c10::Stream getStreamFromGlobalPool(c10::Device d, bool) const override { return from_pool(index_of(d)); }
  c10::Stream getNewStream(c10::Device d, int) const override { return from_pool(index_of(d)); }
  c10::Stream exchangeStream(c10::Stream s) const override { return exchange(s); }
  void *getStreamNativeHandle(const c10::Stream s) const override { return reinterpret_cast<void *>(s.id()); }  // CUDA's default one is NULL
  c10::DeviceIndex deviceCount() const noexcept override { return static_cast<c10::DeviceIndex>(settings().devices); }

  // An event is the place in its stream that it was recorded at last.
  void record(void **event, const c10::Stream &s, const c10::DeviceIndex, const c10::EventFlag) const override {
    if (!*event) *event = new Place;
    place(*event) = end_of(s);
  }
  void block(void *event, const c10::Stream &s) const override {
    if (event) wait_in(s, place(event));
  }
  void destroyEvent(void *event, const c10::DeviceIndex) const noexcept override { delete static_cast<Place *>(event); }
  bool queryEvent(void *event) const override { return !event || reached(place(event)); }
  void synchronizeEvent(void *event) const override {
    if (event) synchronise(place(event));
  }
  bool queryStream(const c10::Stream &s) const override { return reached(end_of(s)); }
  void synchronizeStream(const c10::Stream &s) const override { synchronise(end_of(s)); }
  void synchronizeDevice(const c10::DeviceIndex device) const override { synchronise(device); }
  void recordDataPtrOnStream(const c10::DataPtr &data, const c10::Stream &s) const override { device_memory().recordStream(data, s); }

  static Place &place(void *event) { return *static_cast<Place *>(event); }
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
  void deviceSynchronize(DeviceIndex device) const override { standin::synchronise(device); }
};
REGISTER_CUDA_HOOKS(CUDAHooks);

}  // namespace
}  // namespace at
