// libcuda.so.1: the questions that gobert asks of NVIDIA's driver.
#include <cstring>

#include "settings.h"

using standin::settings;

// The names of attributes and codes are those of CUDA's driver interface.
namespace {
constexpr int kInvalidValue = 1, kInvalidDevice = 101, kCapabilityMajor = 75, kCapabilityMinor = 76;
}

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

int cuDeviceGetAttribute(int *value, int attribute, int) {
  if (attribute != kCapabilityMajor && attribute != kCapabilityMinor) return kInvalidValue;
  *value = attribute == kCapabilityMajor ? settings().major : settings().minor;
  return 0;
}

}  // extern "C"
