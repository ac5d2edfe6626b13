/* What C++ asks of Go: a unit of kernels, compiled for a card. See cubin.go. */
#pragma once
#include <stdbool.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

/* gobert_cubin gives a compiled unit in memory that the caller frees, or NULL after one warning. */
extern void gobert_cubin(char *unit, char *suffix, long long width, bool aligned, int major, int minor, void **cubin);

/* gobert_kernels_refused warns, once, that LibTorch's operators do the work, and why. */
extern void gobert_kernels_refused(char *why);

#ifdef __cplusplus
}
#endif
