/* Launching the kernels that were compiled for the host. */
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* gobert_host_size is the size of a kernel's argument in bytes, 0 where there is no such kernel. */
size_t gobert_host_size(const char *name);

/* gobert_host_launch runs a grid of blocks, one after the other, backwards the last of them and of their warps first. It gives an
 * error's text, or NULL. argument is the kernel's struct of arguments.h. */
const char *gobert_host_launch(const char *name, unsigned x, unsigned y, unsigned z, unsigned threads, const void *argument, int backwards);

#ifdef __cplusplus
}
#endif
