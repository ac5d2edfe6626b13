#include "block.h"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <vector>

namespace gobert::host {
namespace {

constexpr int kWarp = 32;
constexpr size_t kStack = 64 << 10;

enum class Stop { Exchange, Barrier, Done };

struct Fiber {
  jmp_buf inside;
  ucontext_t start;
  bool started = false;
  Stop stop = Stop::Done;
  int exchanges = 0;
};

struct Warp {
  uint32_t shown[2][kWarp];
};

std::vector<Fiber *> fibers;
std::vector<Warp> warps;
jmp_buf outside;
Index thread, block, size, grid;
Body body;
const void *argument;
const char *fault;

Fiber &self() { return *fibers[thread.x]; }

// leave goes back to the scheduler until it resumes this fiber.
void leave(Stop why) {
  self().stop = why;
  if (!_setjmp(self().inside)) _longjmp(outside, 1);
}

// live is a fiber's life: a thread of one block after the other.
void live() {
  for (;;) {
    body(argument);
    leave(Stop::Done);
  }
}

void resume(unsigned number) {
  thread.x = number;
  Fiber &f = *fibers[number];
  if (_setjmp(outside)) return;
  if (f.started) _longjmp(f.inside, 1);
  f.started = true;
  setcontext(&f.start);
}

// A page that cannot be touched ends each stack.
Fiber *new_fiber() {
  auto *f = new Fiber;
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void *memory = mmap(nullptr, kStack + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  mprotect(memory, page, PROT_NONE);
  getcontext(&f->start);
  f->start.uc_stack.ss_sp = static_cast<char *>(memory) + page;
  f->start.uc_stack.ss_size = kStack;
  f->start.uc_link = nullptr;
  makecontext(&f->start, live, 0);
  return f;
}

// advance runs a warp's lanes up to the next place where all of them must meet.
Stop advance(unsigned warp) {
  const unsigned first = warp * kWarp;
  for (unsigned lane = 0; lane < kWarp; lane++) resume(first + lane);
  const Stop met = fibers[first]->stop;
  for (unsigned lane = 1; lane < kWarp; lane++)
    if (fibers[first + lane]->stop != met) fault = "the lanes of a warp part where they must meet";
  return met;
}

}  // namespace

const Index &thread_index() { return thread; }
const Index &block_index() { return block; }
const Index &block_size() { return size; }
const Index &grid_size() { return grid; }

void barrier() { leave(Stop::Barrier); }

// Two rows of slots by turns: a lane shows its next value before the last has read this one.
const uint32_t *exchange(uint32_t lanes, uint32_t x) {
  if (lanes != 0xFFFFFFFFu) fault = "an exchange must be of all lanes";
  uint32_t *shown = warps[thread.x / kWarp].shown[self().exchanges++ % 2];
  shown[thread.x % kWarp] = x;
  leave(Stop::Exchange);
  return shown;
}

const char *run_block(Body what, const void *with, Index of, Index at, unsigned threads, bool backwards) {
  body = what, argument = with, grid = of, block = at, size = {threads, 1, 1}, fault = nullptr;
  while (fibers.size() < threads) {
    Fiber *f = new_fiber();
    if (!f) return "there is no memory for the stacks of a block";
    fibers.push_back(f);
  }
  const unsigned count = threads / kWarp;
  if (warps.size() < count) warps.resize(count);
  for (unsigned i = 0; i < threads; i++) fibers[i]->exchanges = 0;
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
