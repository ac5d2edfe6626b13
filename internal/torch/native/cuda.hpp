// CUDA found at run time: nothing here is linked against it.
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "cuda.h"
#include "guard.h"
#include "nccl.h"

using namespace gobert;

namespace {

// The driver's own library answers what the CUDA runtime would, without its headers.
template <typename F>
F driver(const char *name) {
  static void *library = dlopen("libcuda.so.1", RTLD_NOW);
  return library ? reinterpret_cast<F>(dlsym(library, name)) : nullptr;
}

// Found is what the search for CUDA came to.
struct Found {
  gb_cuda_state state = GB_CUDA_ABSENT;
  int devices = 0;
  std::string problem;
};

Found broken(const std::string &problem) { return {GB_CUDA_BROKEN, 0, problem}; }

std::string version(int cuda) { return std::to_string(cuda / 1000) + "." + std::to_string(cuda % 1000 / 10); }

// count_devices asks the driver.
Found count_devices() {
  constexpr int no_device = 100;  // CUDA_ERROR_NO_DEVICE
  auto init = driver<int (*)(unsigned)>("cuInit");
  if (!init) {
    const char *why = dlerror();
    return {GB_CUDA_ABSENT, 0, std::string("there is no NVIDIA driver: ") + (why ? why : "libcuda.so.1 lacks cuInit")};
  }
  const int code = init(0);
  Found found{GB_CUDA_ABSENT, 0, "the NVIDIA driver is there but shows no device\nsee nvidia-smi -L and CUDA_VISIBLE_DEVICES"};
  if (code == no_device) return found;
  if (code != 0) {
    const char *name = nullptr;
    if (auto name_of = driver<int (*)(int, const char **)>("cuGetErrorName")) name_of(code, &name);
    return broken("the NVIDIA driver refuses to start: cuInit gave " + std::to_string(code) + (name ? std::string(", ") + name : "") +
                  "\nsee whether nvidia-smi works");
  }
  auto count = driver<int (*)(int *)>("cuDeviceGetCount");
  if (!count || count(&found.devices) != 0) found.devices = 0;
  if (found.devices > 0) found.state = GB_CUDA_READY;
  return found;
}

// load opens LibTorch's CUDA library, which makes itself known to the one that is loaded. It has to happen before LibTorch is
// asked anything that could concern CUDA: the first such question settles for good whether there is a CUDA.
Found load() {
  Found found = count_devices();
  if (found.state != GB_CUDA_READY) return found;
  const std::string beside = library_path(), path = beside.substr(0, beside.rfind('/') + 1) + "libtorch_cuda.so";
  const std::string here = "the NVIDIA driver shows " + std::to_string(found.devices) + " device(s), but ";
  if (access(path.c_str(), R_OK) != 0)
    return broken(here + "LibTorch is the one for CPUs alone: there is no " + path + "\nscripts/install-libtorch.sh --cuda, then build again");
  if (!dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
    const char *why = dlerror();
    return broken(here + "LibTorch's CUDA library does not load: " + (why ? why : path) + "\nscripts/install-libtorch.sh --cuda");
  }
  int can = 0;
  const long needs = at::detail::getCUDAHooks().versionCUDART();
  auto serves = driver<int (*)(int *)>("cuDriverGetVersion");
  if (!serves || serves(&can) != 0 || can / 1000 < needs / 1000)
    return broken("the NVIDIA driver is too old: it serves CUDA " + version(can) + ", this LibTorch needs " + version(static_cast<int>(needs)) +
                  "\ninstall a newer driver, 580 or later for CUDA 13");
  const int seen = at::detail::getCUDAHooks().getNumGPUs();
  if (seen <= 0) return broken(here + "CUDA's runtime sees none of them\nsee whether nvidia-smi works, and which libcuda.so.1 is found first");
  found.devices = std::min(found.devices, seen);
  return found;
}

// handle_of is the driver's own number of a device.
int handle_of(int device) {
  auto get = driver<int (*)(int *, int)>("cuDeviceGet");
  int handle = 0;
  TORCH_CHECK(get && get(&handle, device) == 0, "there is no CUDA device ", device);
  return handle;
}

const Found &found() {
  static const Found *f = new Found(load());
  return *f;
}

}  // namespace

namespace gobert {

void find_cuda() { found(); }

int capability(int device) {
  constexpr int major_of = 75, minor_of = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
  static std::map<int, int> *known = new std::map<int, int>;
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  if (auto at = known->find(device); at != known->end()) return at->second;
  auto attribute = driver<int (*)(int *, int, int)>("cuDeviceGetAttribute");
  int major = 0, minor = 0;
  const int handle = handle_of(device);
  TORCH_CHECK(attribute && attribute(&major, major_of, handle) == 0 && attribute(&minor, minor_of, handle) == 0,
              "the NVIDIA driver does not tell the capability of CUDA device ", device);
  return (*known)[device] = 10 * major + minor;
}

}  // namespace gobert

gb_cuda_state gb_cuda_found(int *devices, char *problem, size_t capacity) {
  *devices = found().devices;
  put(problem, capacity, found().problem);
  return found().state;
}

gb_error gb_cuda_card(int device, char *name, size_t capacity, int *major, int *minor) {
  return guarded([&] {
    const int handle = handle_of(device);
    auto get_name = driver<int (*)(char *, int, int)>("cuDeviceGetName");
    TORCH_CHECK(get_name && get_name(name, static_cast<int>(capacity), handle) == 0, "the NVIDIA driver does not name CUDA device ", device);
    *major = capability(device) / 10;
    *minor = capability(device) % 10;
  });
}

gb_error gb_card_uuid(int device, unsigned char *uuid) {
  return guarded([&] {
    auto get = driver<int (*)(unsigned char *, int)>("cuDeviceGetUuid_v2");
    TORCH_CHECK(get && get(uuid, handle_of(device)) == 0, "the NVIDIA driver does not tell the UUID of CUDA device ", device);
  });
}

gb_error gb_cuda_memory(int device, int64_t *total, int64_t *free, int64_t *allocated, int64_t *reserved, int64_t *peak) {
  return guarded([&] {
    at::globalContext().lazyInitDevice(at::kCUDA);
    auto *allocator = c10::getDeviceAllocator(at::kCUDA);
    const auto index = static_cast<c10::DeviceIndex>(device);
    auto memory = allocator->getMemoryInfo(index);
    *free = static_cast<int64_t>(memory.first);
    *total = static_cast<int64_t>(memory.second);
    auto stats = allocator->getDeviceStats(index);
    const auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    *allocated = stats.allocated_bytes[all].current;
    *reserved = stats.reserved_bytes[all].current;
    *peak = stats.allocated_bytes[all].peak;
  });
}

gb_error gb_cuda_reset_peak(int device) {
  return guarded([&] {
    at::globalContext().lazyInitDevice(at::kCUDA);
    c10::getDeviceAllocator(at::kCUDA)->resetPeakStats(static_cast<c10::DeviceIndex>(device));
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
