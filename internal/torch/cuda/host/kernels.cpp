// The kernels' text, compiled for the host, and how they are launched by name.
#include "kernels.h"

#include <map>
#include <mutex>
#include <string>

#include "words.h"

namespace {
std::map<std::string, const gobert::host::Kernel *> &table() {
  static std::map<std::string, const gobert::host::Kernel *> kernels;
  return kernels;
}
}  // namespace

gobert::host::Kernel::Kernel(const char *name, unsigned threads, size_t size, Body body) : name(name), threads(threads), size(size), body(body) {
  table()[name] = this;
}

namespace {
#include "../activation.cu"
#include "../attention.cu"
#include "../cross_entropy.cu"
#include "../dropout.cu"
#include "../embedding.cu"
#include "../norm.cu"
#include "../optimizer.cu"
#include "../rows.cu"
#include "../step.cu"
#include "../sums.cu"
#include "../tables.cu"
}  // namespace

size_t gobert_host_size(const char *name) {
  const auto found = table().find(name);
  return found == table().end() ? 0 : found->second->size;
}

const char *gobert_host_launch(const char *name, unsigned x, unsigned y, unsigned z, unsigned threads, const void *argument, int backwards) {
  static std::mutex one_at_a_time;
  std::lock_guard<std::mutex> lock(one_at_a_time);
  const auto found = table().find(name);
  if (found == table().end()) return "there is no such kernel";
  if (threads != found->second->threads) return "the kernel is made for another number of threads";
  if (x == 0 || y == 0 || z == 0 || y > 65535 || z > 65535) return "a card has no such grid";
  const gobert::host::Index grid{x, y, z};
  const uint64_t blocks = static_cast<uint64_t>(x) * y * z;
  for (uint64_t i = 0; i < blocks; i++) {
    const uint64_t at = backwards ? blocks - 1 - i : i;
    const gobert::host::Index block{static_cast<unsigned>(at % x), static_cast<unsigned>(at / x % y), static_cast<unsigned>(at / x / y)};
    if (const char *fault = gobert::host::run_block(found->second->body, argument, grid, block, threads, backwards != 0)) return fault;
  }
  gobert::host::settle();
  return nullptr;
}
