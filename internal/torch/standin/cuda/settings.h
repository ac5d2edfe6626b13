// What the machine that is stood in for looks like: the words of $GOBERT_STANDIN, for example "devices=2 capability=8.0
// memory=64". Both libraries read them.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace standin {

struct Settings {
  int devices = 1;
  int major = 9, minor = 0;  // capability
  int64_t memory = 4096;     // of each device, in MiB
  int driver = 13000;        // CUDA's version that the driver serves, as cuDriverGetVersion gives it
  int init = 0;              // what cuInit returns
  int nccl = 22809;          // NCCL's version, as ncclGetVersion gives it
  bool blind = false;        // CUDA's runtime sees no device, though the driver shows them
  int64_t fault = 0;         // the operator, counted from 1, that ends the device; 0 for none
  int64_t full = 0;          // the operator behind which the memory is full: nothing more is given out; 0 for none
  bool refuse = false;       // the compiler of kernels refuses all texts
  int64_t shuffle = 0;       // the seed by which streams go on by themselves; 0: they are as late as they may be
};

// settings reads the words anew each time it is called.
inline Settings read_settings() {
  Settings s;
  const char *text = std::getenv("GOBERT_STANDIN");
  std::string words = text ? text : "";
  auto number = [&](const char *name, int64_t otherwise) {
    const auto at = (" " + words).find(std::string(" ") + name + "=");
    return at == std::string::npos ? otherwise : std::strtoll(words.c_str() + at + std::strlen(name) + 1, nullptr, 10);
  };
  s.devices = static_cast<int>(number("devices", s.devices));
  const auto at = words.find("capability=");
  if (at != std::string::npos) {
    char *dot = nullptr;
    s.major = static_cast<int>(std::strtol(words.c_str() + at + std::strlen("capability="), &dot, 10));
    s.minor = *dot == '.' ? static_cast<int>(std::strtol(dot + 1, nullptr, 10)) : 0;
  }
  s.memory = number("memory", s.memory);
  s.driver = static_cast<int>(number("driver", s.driver));
  s.nccl = static_cast<int>(number("nccl", s.nccl));
  s.init = static_cast<int>(number("init", s.init));
  s.blind = number("blind", 0) != 0;
  s.fault = number("fault", s.fault);
  s.full = number("full", s.full);
  s.refuse = number("refuse", 0) != 0;
  s.shuffle = number("shuffle", s.shuffle);
  return s;
}

inline const Settings &settings() {
  static const Settings s = read_settings();
  return s;
}

}  // namespace standin
