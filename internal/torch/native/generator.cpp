// LibTorch's own random generators: seeds and states.
#include <ATen/core/Generator.h>

#include <mutex>

#include "guard.h"

using namespace gobert;

namespace {
at::Generator generator_of(int device) { return at::globalContext().defaultGenerator(device_of(device)); }
}  // namespace

gb_error gb_seed(uint64_t seed, int device) {
  return guarded([&] {
    auto g = generator_of(device);
    std::lock_guard<std::mutex> lock(g.mutex());
    g.set_current_seed(seed);
  });
}

gb_error gb_generator_state(gb_tensor *out, int device) {
  return guarded([&] {
    auto g = generator_of(device);
    std::lock_guard<std::mutex> lock(g.mutex());
    *out = give(g.get_state());
  });
}

gb_error gb_set_generator_state(gb_tensor state, int device) {
  return guarded([&] {
    auto g = generator_of(device);
    std::lock_guard<std::mutex> lock(g.mutex());
    g.set_state(ref(state));
  });
}
