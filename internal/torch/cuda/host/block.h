// One block of threads on the host. Each thread is a fiber with a stack of its own; the lanes of a warp run in turn from one
// exchange or barrier to the next. Lanes that part where the card would need all of them are an error.
#pragma once
#include <cstddef>
#include <cstdint>

namespace gobert::host {

struct Index {
  unsigned x, y, z;
};

// Where is the present thread, in the present block and grid. Kernels ask at every turn: no call, and no way over a library's table.
struct Where {
  Index thread, block, size, grid;
};
extern Where where __attribute__((visibility("hidden")));

// barrier waits for all threads of the block.
void barrier();

// exchange shows x to the other lanes of the warp and gives what they showed, until the next exchange.
const uint32_t *exchange(uint32_t lanes, uint32_t x);

using Body = void (*)(const void *argument);

// run_block runs the threads of one block; backwards lets its last warp go first, which shows a barrier that is missing. It
// gives an error's text, or null.
const char *run_block(Body body, const void *argument, Index grid, Index block, unsigned threads, bool backwards);

// A Kernel is an entry of the table of kernels.
struct Kernel {
  const char *name;
  unsigned threads;
  size_t size;  // of its argument, in bytes
  Body body;
  Kernel(const char *name, unsigned threads, size_t size, Body body);
};

}  // namespace gobert::host
