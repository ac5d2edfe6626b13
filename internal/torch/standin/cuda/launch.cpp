// Kernels that the program brings along, on the memory of the device: driver.cpp asks for them here. They are the program's own
// texts, compiled for the host; a launch opens what its argument points to and nothing else.
#include <cstring>
#include <string>

#include "counts.h"
#include "kernels.h"
#include "memory.h"
#include "queue.h"

extern "C" {

size_t standin_kernel(const char *name) { return gobert_host_size(name); }

// standin_launch puts a kernel into a stream of the current device. It gives 0, or an error's number.
int standin_launch(const char *name, unsigned x, unsigned y, unsigned z, unsigned threads, const void *argument, void *stream) {
  constexpr int kLaunchFailed = 719;  // CUDA_ERROR_LAUNCH_FAILED
  if (standin::ended()) return kLaunchFailed;
  standin::operated((std::string("kernel::") + name).c_str());
  const size_t size = gobert_host_size(name);
  const auto *bytes = static_cast<const char *>(argument);
  standin::Seen seen;
  for (size_t i = 0; i < size / sizeof(void *); i++) {
    void *p;
    std::memcpy(&p, bytes + i * sizeof(void *), sizeof(p));
    seen.containing(p);
  }
  const auto device = standin::current_device();
  const auto before = standin::exchange(c10::Stream(c10::Stream::UNSAFE, c10::Device(c10::kCUDA, device), reinterpret_cast<c10::StreamId>(stream)));
  standin::later(device, std::move(seen), [name = std::string(name), x, y, z, threads, copy = std::string(bytes, size)] {
    const char *fault = gobert_host_launch(name.c_str(), x, y, z, threads, copy.data(), 0);
    TORCH_CHECK(!fault, name, ": ", fault);
  });
  standin::exchange(before);
  return 0;
}

}  // extern "C"
