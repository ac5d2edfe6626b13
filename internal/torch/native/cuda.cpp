// CUDA found at run time: nothing here is linked against it.
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>

#include "guard.h"

using namespace gobert;

namespace {

void put(char *to, size_t capacity, const std::string &text) {
  strncpy(to, text.c_str(), capacity - 1);
  to[capacity - 1] = 0;
}

// The driver's own library answers what the CUDA runtime would, without its headers.
template <typename F>
F driver(const char *name) {
  static void *library = dlopen("libcuda.so.1", RTLD_NOW);
  return library ? reinterpret_cast<F>(dlsym(library, name)) : nullptr;
}

}  // namespace

bool gb_cuda_load(char *why, size_t capacity) {
  put(why, capacity, "");
  if (at::hasCUDA()) return true;
  Dl_info info;
  std::string path = "libtorch_cuda.so";
  if (dladdr(reinterpret_cast<void *>(&at::getNumGPUs), &info) || dladdr(reinterpret_cast<void *>(&at::globalContext), &info)) {
    std::string self = info.dli_fname ? info.dli_fname : "";
    auto slash = self.rfind('/');
    if (slash != std::string::npos) path = self.substr(0, slash + 1) + path;
  }
  if (!dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) && !dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL)) {
    const char *error = dlerror();
    put(why, capacity, error ? error : "libtorch_cuda.so was not found");
    return false;
  }
  return true;
}

int gb_cuda_count(char *why, size_t capacity) {
  put(why, capacity, "");
  auto init = driver<int (*)(unsigned)>("cuInit");
  if (!init) {
    put(why, capacity, "no NVIDIA driver: libcuda.so.1 was not found");
    return 0;
  }
  if (int code = init(0)) {
    put(why, capacity, "the NVIDIA driver refuses to start (cuInit returned " + std::to_string(code) + ")");
    return 0;
  }
  int count = 0;
  auto get = driver<int (*)(int *)>("cuDeviceGetCount");
  if (!get || get(&count) != 0 || count == 0) put(why, capacity, "the NVIDIA driver is there but shows no device");
  return count;
}

gb_error gb_cuda_properties(int device, char *name, size_t capacity, int64_t *total, int64_t *free, int *major, int *minor) {
  return guarded([&] {
    auto get = driver<int (*)(int *, int)>("cuDeviceGet");
    auto get_name = driver<int (*)(char *, int, int)>("cuDeviceGetName");
    auto attribute = driver<int (*)(int *, int, int)>("cuDeviceGetAttribute");
    TORCH_CHECK(get && get_name && attribute, "the NVIDIA driver lacks a function it should have");
    int handle = 0;
    TORCH_CHECK(get(&handle, device) == 0, "there is no CUDA device ", device);
    get_name(name, static_cast<int>(capacity), handle);
    attribute(major, 75, handle);  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
    attribute(minor, 76, handle);  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR
    at::globalContext().lazyInitDevice(at::kCUDA);
    auto memory = c10::getDeviceAllocator(at::kCUDA)->getMemoryInfo(static_cast<c10::DeviceIndex>(device));
    *free = static_cast<int64_t>(memory.first);
    *total = static_cast<int64_t>(memory.second);
  });
}

gb_error gb_cuda_memory(int device, int64_t *allocated, int64_t *reserved, int64_t *peak) {
  return guarded([&] {
    auto stats = c10::getDeviceAllocator(at::kCUDA)->getDeviceStats(static_cast<c10::DeviceIndex>(device));
    const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    *allocated = stats.allocated_bytes[all].current;
    *reserved = stats.reserved_bytes[all].current;
    *peak = stats.allocated_bytes[all].peak;
  });
}

gb_error gb_cuda_empty_cache(void) {
  return guarded([&] { c10::getDeviceAllocator(at::kCUDA)->emptyCache(); });
}

gb_error gb_synchronize(int device) {
  return guarded([&] {
    if (device >= 0) at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(device));
  });
}
