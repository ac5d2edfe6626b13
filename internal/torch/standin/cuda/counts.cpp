// Counters in shared memory: 64 bytes each, a name and a number. $GOBERT_STANDIN_COUNTS names the file.
#include "counts.h"

#include <c10/util/Exception.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>

#include "queue.h"
#include "settings.h"

namespace standin {
namespace {

struct Counter {
  char name[56];
  std::atomic<int64_t> value;
};
static_assert(sizeof(Counter) == 64, "the tests read counters of 64 bytes");
constexpr size_t kCounters = 1024;

Counter *open_counters() {
  const size_t size = kCounters * sizeof(Counter);
  const char *path = std::getenv("GOBERT_STANDIN_COUNTS");
  const int file = path ? open(path, O_RDWR | O_CREAT, 0644) : -1;
  const bool shared = file >= 0 && ftruncate(file, static_cast<off_t>(size)) == 0;
  void *at = mmap(nullptr, size, PROT_READ | PROT_WRITE, shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, shared ? file : -1, 0);
  if (file >= 0) close(file);
  TORCH_CHECK(at != MAP_FAILED, "stand-in: no memory for the counters");
  return static_cast<Counter *>(at);
}

std::atomic<int64_t> operators{0};

}  // namespace

void count(const char *name) {
  static Counter *const all = open_counters();
  static std::mutex mutex;
  static auto *const known = new std::map<std::string, Counter *>;
  std::lock_guard<std::mutex> lock(mutex);
  auto &counter = (*known)[name];
  if (!counter) {
    // Another process may have begun the file: a name has one counter in it.
    for (size_t i = 0; i < kCounters && !counter; i++) {
      if (all[i].name[0] == 0) std::strncpy(all[i].name, name, sizeof(all[i].name) - 1);
      if (std::strncmp(all[i].name, name, sizeof(all[i].name) - 1) == 0) counter = &all[i];
    }
    TORCH_CHECK(counter, "stand-in: more than ", kCounters, " names are counted");
  }
  counter->value++;
}

void operated(const char *name) {
  count(name);
  if (++operators == settings().fault) lose();
}

bool full() { return settings().full != 0 && operators >= settings().full; }

}  // namespace standin
