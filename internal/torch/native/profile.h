// LibTorch's profiler behind two functions, with the conventions of abi.h.
#pragma once
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// gb_profile_begin records operators from now on, and on a GPU its kernels and copies. It is called on the thread that computes.
char *gb_profile_begin(bool cuda);

// gb_profile_end ends that, and writes what was recorded to a file.
char *gb_profile_end(const char *file);

#ifdef __cplusplus
}
#endif
