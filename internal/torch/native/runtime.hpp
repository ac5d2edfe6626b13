// Process-wide settings of LibTorch and of the allocator below it.
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <ATen/Version.h>
#include <c10/util/Exception.h>
#include <c10/util/Logging.h>
#include <dlfcn.h>
#include <torch/version.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <mutex>

#include "allocator.h"
#include "cuda.h"
#include "guard.h"

using namespace gobert;

namespace gobert {

std::string library_path() {
  Dl_info info;
  // A function that is not inline: its address is the library's own.
  return dladdr(reinterpret_cast<void *>(&at::get_num_threads), &info) && info.dli_fname ? info.dli_fname : "";
}

void put(char *to, size_t capacity, const std::string &text) {
  strncpy(to, text.c_str(), capacity - 1);
  to[capacity - 1] = 0;
}

}  // namespace gobert

#ifdef __GLIBC__
// One heap for all threads, from before there is a second one: a heap of a thread's own gives its memory back whenever it is empty, whatever is
// asked for below, and which threads have one is decided when they begin.
__attribute__((constructor)) static void share_heap(void) { mallopt(M_ARENA_MAX, 1); }
#endif

void gb_set_up(void) {
  // An error carries LibTorch's message; walking and naming its C++ stack would take milliseconds each time.
  c10::SetStackTraceFetcher([]() -> std::string { return {}; });
#ifdef __GLIBC__
  // Big blocks stay in the process instead of going back to the system after each use: on CPU the page faults on fresh
  // memory cost up to half of a training step otherwise.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
#endif
  recycle_memory();
  find_cuda();
}

void gb_empty_cache(void) {
  forget_memory();
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

const char *gb_torch_version(void) { return TORCH_VERSION; }

const char *gb_cpu_capability(void) {
  static const std::string capability = at::get_cpu_capability();
  return capability.c_str();
}

void gb_library_path(char *path, size_t capacity) { put(path, capacity, library_path()); }

gb_error gb_set_threads(int n) {
  return guarded([&] { at::set_num_threads(n); });
}

int gb_threads(void) { return at::get_num_threads(); }

gb_error gb_deterministic(bool on) {
  return guarded([&] {
    at::globalContext().setDeterministicAlgorithms(on, false);
    at::globalContext().setDeterministicFillUninitializedMemory(false);
  });
}

gb_error gb_tf32(bool on) {
  return guarded([&] { at::globalContext().setAllowTF32CuBLAS(on); });
}

bool gb_cpu_has_bf16(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

gb_error gb_seed(uint64_t seed, int device) {
  return guarded([&] {
    auto g = at::globalContext().defaultGenerator(device_of(device));
    std::lock_guard<std::mutex> lock(g.mutex());
    g.set_current_seed(seed);
  });
}
