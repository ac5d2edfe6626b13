// Which core computes.
#include <ATen/Version.h>

#include <atomic>

#include "core.h"
#include "cores.h"
#include "int8.h"

namespace gobert::int8 {
namespace {

// usable lists what the machine has, within LibTorch's own cap.
std::vector<const Core *> usable() {
  std::vector<const Core *> list;
#if defined(__x86_64__)
  const std::string cap = at::get_cpu_capability();
  const bool wide = cap == "AVX512", half = wide || cap == "AVX2";
  const bool vectors = wide && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl");
  if (vectors && has_amx()) list.push_back(&amx);
  if (vectors && __builtin_cpu_supports("avx512vnni")) list.push_back(&vnni);
  if (half && __builtin_cpu_supports("avx2")) list.push_back(&avx2);
#endif
  list.push_back(&portable);
  return list;
}

std::atomic<const Core *> chosen{nullptr};

}  // namespace

const Core &core() {
  static const Core *const best = usable().front();
  const Core *one = chosen.load(std::memory_order_relaxed);
  return one ? *one : *best;
}

std::vector<const char *> kernels() {
  std::vector<const char *> names;
  for (const Core *c : usable()) names.push_back(c->name);
  return names;
}

void use_kernel(const std::string &name) {
  if (name.empty()) return chosen.store(nullptr);
  auto list = usable();
  list.push_back(&amx_shim);
  for (const Core *c : list)
    if (name == c->name) return chosen.store(c);
  TORCH_CHECK(false, "this machine has no kernel called ", name);
}

}  // namespace gobert::int8
