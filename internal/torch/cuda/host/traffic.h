/* What the kernels' launches move between a card and its memory: every 32 bytes that a launch touches count once, because what is
 * read again is in a cache. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* gobert_host_count begins to count from zero, or ends. */
void gobert_host_count(int on);

/* gobert_host_moved gives the bytes that were read and written since then. */
void gobert_host_moved(long long *read, long long *written);

#ifdef __cplusplus
}

#include <cstddef>

namespace gobert::host {
extern bool counting __attribute__((visibility("hidden")));

// note keeps an access of a kernel.
void note(const void *p, size_t bytes, bool written);

// touch is called at each access.
inline void touch(const void *p, size_t bytes, bool written) {
  if (counting) note(p, bytes, written);
}

// settle adds up the accesses of one launch.
void settle();
}  // namespace gobert::host
#endif
