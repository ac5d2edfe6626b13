#include "block.h"

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <vector>

namespace gobert::host {
namespace {

constexpr int kWarp = 32;
constexpr size_t kStack = 64 << 10, kApart = 7 * 64;

enum class Stop { Exchange, Barrier, Done };

// Place is where a stack goes on. The compiler's own jumps save five words, and ask nothing of the C library.
using Place = void *[5];

// A thread is a line of the cache.
struct alignas(64) Fiber {
  Place inside;
  ucontext_t *start;  // until it has begun
  Stop stop;
  int exchanges;
};

struct Warp {
  uint32_t shown[2][kWarp];
};

std::vector<Fiber> fibers;
std::vector<Warp> warps;
Place outside;
Body body;
const void *argument;
const char *fault;

Fiber &self() { return fibers[where.thread.x]; }

// go is the thread of that number, up to where it leaves.
[[noreturn, gnu::noinline]] void go(unsigned number) {
  where.thread.x = number;
  Fiber &f = fibers[number];
  if (!f.start) __builtin_longjmp(f.inside, 1);
  ucontext_t *start = f.start;
  f.start = nullptr;
  setcontext(start);
  __builtin_trap();
}

[[noreturn, gnu::noinline]] void end() { __builtin_longjmp(outside, 1); }

// leave lets the next lane of the warp go, or behind the last the scheduler, until this one's turn comes again.
[[gnu::noinline]] void leave(Stop why) {
  Fiber &f = self();
  f.stop = why;
  if (__builtin_setjmp(f.inside)) return;
  if (where.thread.x % kWarp < kWarp - 1) go(where.thread.x + 1);
  end();
}

// live is a fiber's life: a thread of one block after the other.
void live() {
  for (;;) {
    body(argument);
    leave(Stop::Done);
  }
}

// warp_from runs the lanes of a warp, the first of which is given, once each.
[[gnu::noinline]] void warp_from(unsigned first) {
  if (!__builtin_setjmp(outside)) go(first);
}

// new_fiber gives false where there is no memory. A page that cannot be touched ends each stack. Stacks begin at different places of
// their last page: at the same one, those of a warp would drive each other out of the few lines that a cache has for it.
bool new_fiber() {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), apart = fibers.size() * kApart % page;
  void *memory = mmap(nullptr, kStack + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  mprotect(memory, page, PROT_NONE);
  auto *start = new ucontext_t;
  getcontext(start);
  start->uc_stack.ss_sp = static_cast<char *>(memory) + page;
  start->uc_stack.ss_size = kStack + apart;
  start->uc_link = nullptr;
  makecontext(start, live, 0);
  fibers.push_back({{}, start, Stop::Done, 0});
  return true;
}

// advance runs a warp's lanes up to the next place where all of them must meet.
Stop advance(unsigned warp) {
  const unsigned first = warp * kWarp;
  warp_from(first);
  const Stop met = fibers[first].stop;
  for (unsigned lane = 1; lane < kWarp; lane++)
    if (fibers[first + lane].stop != met) fault = "the lanes of a warp part where they must meet";
  return met;
}

}  // namespace

Where where;

void barrier() { leave(Stop::Barrier); }

// Two rows of slots by turns: a lane shows its next value before the last has read this one.
const uint32_t *exchange(uint32_t lanes, uint32_t x) {
  if (lanes != 0xFFFFFFFFu) fault = "an exchange must be of all lanes";
  uint32_t *shown = warps[where.thread.x / kWarp].shown[self().exchanges++ % 2];
  shown[where.thread.x % kWarp] = x;
  leave(Stop::Exchange);
  return shown;
}

const char *run_block(Body what, const void *with, Index of, Index at, unsigned threads, bool backwards) {
  body = what, argument = with, fault = nullptr, where = {{}, at, {threads, 1, 1}, of};
  while (fibers.size() < threads)
    if (!new_fiber()) return "there is no memory for the stacks of a block";
  const unsigned count = threads / kWarp;
  if (warps.size() < count) warps.resize(count);
  for (unsigned i = 0; i < threads; i++) fibers[i].exchanges = 0;
  std::vector<bool> done(count);
  for (unsigned left = count; left > 0 && !fault;) {
    unsigned waiting = 0;
    for (unsigned i = 0; i < count && !fault; i++) {
      const unsigned warp = backwards ? count - 1 - i : i;
      if (done[warp]) continue;
      Stop met;
      do met = advance(warp);
      while (met == Stop::Exchange && !fault);
      if (met == Stop::Barrier) waiting++;
      if (met == Stop::Done) done[warp] = true, left--;
    }
    if (waiting != 0 && waiting != count && !fault) fault = "some warps of a block end where others wait";
  }
  if (fault) fibers.clear();  // they stopped somewhere inside; their stacks are given up
  return fault;
}

}  // namespace gobert::host
