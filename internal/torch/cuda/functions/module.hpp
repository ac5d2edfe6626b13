// The driver's side of a launch, found at run time: nothing is linked against it.
#include "module.h"

#include <c10/util/Exception.h>
#include <dlfcn.h>

#include <string>

#include "../cubin.h"

namespace gobert::cuda {
namespace {

// entry looks for one of the driver's functions.
template <typename F>
F entry(const char *name) {
  static void *library = dlopen("libcuda.so.1", RTLD_NOW);
  return library ? reinterpret_cast<F>(dlsym(library, name)) : nullptr;
}

// text_of is the driver's name for one of its error codes.
std::string text_of(int code) {
  static const auto name = entry<int (*)(int, const char **)>("cuGetErrorName");
  const char *text = nullptr;
  if (name && name(code, &text) == 0 && text) return text;
  return "error " + std::to_string(code);
}

// capability asks a device which architecture it has.
bool capability(int device, int &major, int &minor) {
  const auto get = entry<int (*)(int *, int)>("cuDeviceGet");
  const auto attribute = entry<int (*)(int *, int, int)>("cuDeviceGetAttribute");
  int handle = 0;
  if (!get || !attribute || get(&handle, device) != 0) return false;
  constexpr int kMajor = 75, kMinor = 76;  // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
  return attribute(&major, kMajor, handle) == 0 && attribute(&minor, kMinor, handle) == 0;
}

HostLauncher on_host = nullptr;

}  // namespace

void *load_module(const char *unit, const char *suffix, long long width, bool aligned, int device) {
  int major = 0, minor = 0;
  if (!capability(device, major, minor)) {
    gobert_kernels_refused(const_cast<char *>("the driver does not tell the card's architecture"));
    return nullptr;
  }
  void *cubin = nullptr;
  gobert_cubin(const_cast<char *>(unit), const_cast<char *>(suffix), width, aligned, major, minor, &cubin);
  if (!cubin) return nullptr;
  void *module = nullptr;
  const auto load = entry<int (*)(void **, const void *)>("cuModuleLoadData");
  const int code = load ? load(&module, cubin) : -1;
  free(cubin);
  if (code == 0) return module;
  gobert_kernels_refused(const_cast<char *>(("the driver does not load them (" + text_of(code) + ")").c_str()));
  return nullptr;
}

void *find_function(void *module, const char *kernel) {
  static const auto find = entry<int (*)(void **, void *, const char *)>("cuModuleGetFunction");
  void *function = nullptr;
  const int code = find ? find(&function, module, kernel) : -1;
  TORCH_CHECK(code == 0, "the kernel ", kernel, " is not in its module (", text_of(code), ")");
  return function;
}

void start(void *function, const char *kernel, unsigned x, unsigned y, unsigned z, unsigned threads, void *stream, const void *argument) {
  using Launch = int (*)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **, void **);
  static const auto launch = entry<Launch>("cuLaunchKernel");
  void *arguments[] = {const_cast<void *>(argument)};
  const int code = launch ? launch(function, x, y, z, threads, 1, 1, 0, stream, arguments, nullptr) : -1;
  constexpr int kLost = 700, kResources = 701;  // from CUDA_ERROR_ILLEGAL_ADDRESS on the device is lost, but for CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES
  TORCH_CHECK(code < kLost || code == kResources, "CUDA error: ", text_of(code), ", seen at the kernel ", kernel);
  TORCH_CHECK(code == 0, "the kernel ", kernel, " does not start (", text_of(code), ")");
}

HostLauncher host_launcher() { return on_host; }
void set_host_launcher(HostLauncher launcher) { on_host = launcher; }

}  // namespace gobert::cuda
