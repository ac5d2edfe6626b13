// libcuda.so.1: the questions that gobert asks of NVIDIA's driver.
#include <dlfcn.h>

#include <cstring>
#include <string>

#include "settings.h"

using standin::settings;

// The names of attributes and codes are those of CUDA's driver interface.
namespace {
constexpr int kInvalidValue = 1, kInvalidDevice = 101, kNoBinary = 209, kNotFound = 500, kLaunchFailed = 719, kCapabilityMajor = 75, kCapabilityMinor = 76;

// other finds what launch.cpp has, in the library that is loaded beside this one.
template <typename F>
F other(const char *name) {
  return reinterpret_cast<F>(dlsym(RTLD_DEFAULT, name));
}
}  // namespace

extern "C" {

int cuInit(unsigned) { return settings().init; }

int cuDriverGetVersion(int *version) {
  *version = settings().driver;
  return 0;
}

int cuDeviceGetCount(int *count) {
  *count = settings().devices;
  return 0;
}

int cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return ordinal >= 0 && ordinal < settings().devices ? 0 : kInvalidDevice;
}

int cuDeviceGetName(char *name, int capacity, int) {
  std::strncpy(name, "NVIDIA H100 (stand-in)", static_cast<size_t>(capacity));
  return 0;
}

int cuDeviceGetUuid_v2(unsigned char *uuid, int device) {  // 16 bytes
  std::memset(uuid, 0, 16);
  uuid[15] = static_cast<unsigned char>(device);
  return 0;
}

int cuDeviceGetAttribute(int *value, int attribute, int) {
  if (attribute != kCapabilityMajor && attribute != kCapabilityMinor) return kInvalidValue;
  *value = attribute == kCapabilityMajor ? settings().major : settings().minor;
  return 0;
}

// A module is what the stand-in's compiler made: a word, and the architecture that it is for.
int cuModuleLoadData(void **module, const void *image) {
  const std::string made = std::string("stand-in sm_") + std::to_string(settings().major) + std::to_string(settings().minor);
  if (std::strcmp(static_cast<const char *>(image), made.c_str()) != 0) return kNoBinary;
  *module = strdup(made.c_str());
  return 0;
}

int cuModuleGetFunction(void **function, void *, const char *name) {
  const auto size = other<size_t (*)(const char *)>("standin_kernel");
  if (!size || size(name) == 0) return kNotFound;
  *function = strdup(name);
  return 0;
}

int cuLaunchKernel(void *function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned threads_y, unsigned threads_z, unsigned, void *stream,
                   void **arguments, void **) {
  const auto launch = other<int (*)(const char *, unsigned, unsigned, unsigned, unsigned, const void *, void *)>("standin_launch");
  if (!launch || threads_y != 1 || threads_z != 1) return kInvalidValue;
  return launch(static_cast<const char *>(function), x, y, z, threads, arguments[0], stream);
}

int cuGetErrorName(int code, const char **name) {
  *name = code == kNoBinary ? "CUDA_ERROR_NO_BINARY_FOR_GPU" : code == kNotFound ? "CUDA_ERROR_NOT_FOUND" : code == kLaunchFailed ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR";
  return 0;
}

}  // extern "C"
