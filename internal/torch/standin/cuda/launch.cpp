// Kernels that the program brings along, on the memory of the device: driver.cpp asks for them here. They are the program's own
// texts, compiled for the host; a launch opens what its argument points to and nothing else.
#include <cstring>

#include "copies.h"
#include "counts.h"
#include "memory.h"
#include "kernels.h"

extern "C" {

size_t standin_kernel(const char *name) { return gobert_host_size(name); }

// standin_launch gives 0, or an error's number.
int standin_launch(const char *name, unsigned x, unsigned y, unsigned z, unsigned threads, const void *argument) {
  standin::operated((std::string("kernel::") + name).c_str());
  standin::bring();
  standin::Open open;
  const size_t words = gobert_host_size(name) / sizeof(void *);
  for (size_t i = 0; i < words; i++) {
    void *p;
    std::memcpy(&p, static_cast<const char *>(argument) + i * sizeof(void *), sizeof(p));
    open.containing(p);
  }
  const char *fault = gobert_host_launch(name, x, y, z, threads, argument, 0);
  if (!fault) return 0;
  std::fprintf(stderr, "stand-in: %s: %s\n", name, fault);
  constexpr int kLaunchFailed = 719;  // CUDA_ERROR_LAUNCH_FAILED
  return kLaunchFailed;
}

}  // extern "C"
