/* NVRTC, NVIDIA's compiler as a library, found at run time. */
#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gb_nvrtc gb_nvrtc;

/* gb_nvrtc_open loads NVRTC and, first, what it needs; builtins may be NULL. It gives NULL and says why in error, which the
 * caller frees. */
gb_nvrtc *gb_nvrtc_open(const char *library, const char *builtins, char **error);

int gb_nvrtc_version(gb_nvrtc *n, int *major, int *minor);

/* gb_nvrtc_compile gives 0 and a cubin, or another number and NVRTC's complaint in log. The caller frees both. */
int gb_nvrtc_compile(gb_nvrtc *n, const char *source, const char *name, const char **options, int count, void **cubin, size_t *size, char **log);

#ifdef __cplusplus
}
#endif
