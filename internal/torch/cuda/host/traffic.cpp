#include "traffic.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace {

constexpr uintptr_t kSector = 32;  // what a card reads or writes at least

long long moved[2];
std::vector<uintptr_t> touched[2];

}  // namespace

namespace gobert::host {

bool counting = false;

void note(const void *p, size_t bytes, bool written) {
  if (bytes == 0) return;
  const auto first = reinterpret_cast<uintptr_t>(p) / kSector, last = (reinterpret_cast<uintptr_t>(p) + bytes - 1) / kSector;
  for (auto sector = first; sector <= last; sector++)
    if (touched[written].empty() || touched[written].back() != sector) touched[written].push_back(sector);
}

void settle() {
  for (int written = 0; written < 2; written++) {
    auto &all = touched[written];
    std::sort(all.begin(), all.end());
    moved[written] += static_cast<long long>(static_cast<size_t>(std::unique(all.begin(), all.end()) - all.begin()) * kSector);
    all.clear();
  }
}

}  // namespace gobert::host

void gobert_host_count(int on) {
  gobert::host::counting = on;
  if (on) moved[0] = moved[1] = 0;
}

void gobert_host_moved(long long *read, long long *written) { *read = moved[0], *written = moved[1]; }
