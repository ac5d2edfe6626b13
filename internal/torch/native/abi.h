// The C door between Go and LibTorch for what gotch lacks.
//
// Conventions: a gb_tensor is the same at::Tensor* that gotch's libtch passes around, so handles of both sides mix.
// Every function returns NULL, or an error message that the caller frees with free(). Results come back through
// pointers; a returned tensor is a new handle owned by the caller. An absent tensor is NULL.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef void *gb_tensor;
typedef char *gb_error;
typedef void *gb_event;

// tensor.hpp
gb_error gb_empty(gb_tensor *out, const int64_t *shape, int dims, int dtype, int device, bool pinned);
gb_error gb_zeros(gb_tensor *out, const int64_t *shape, int dims, int dtype, int device);
gb_error gb_from_host(gb_tensor *out, const void *data, const int64_t *shape, int dims, int dtype, int device);
gb_error gb_of_memory(gb_tensor *out, void *data, const int64_t *shape, int dims, int dtype);
gb_error gb_to_host(gb_tensor t, void *data, size_t bytes, int dtype);
gb_error gb_shape(gb_tensor t, int64_t *shape, int capacity, int *dims, int *dtype, int *device);
gb_error gb_data(gb_tensor t, void **data, size_t *bytes);
gb_error gb_item(gb_tensor t, double *value);
gb_error gb_view(gb_tensor *out, gb_tensor t, int64_t offset, const int64_t *shape, int dims);
gb_error gb_alias(gb_tensor *out, gb_tensor t);
gb_error gb_copy(gb_tensor dst, gb_tensor src, bool non_blocking);
gb_error gb_to(gb_tensor *out, gb_tensor t, int dtype, int device, bool non_blocking);
void gb_free_message(gb_error message);
void gb_free_all(gb_tensor *tensors, size_t n);

// upload.hpp
typedef struct {
  int64_t offset;  // in bytes, from where the block begins
  int dtype, dims;
  int64_t shape[8];
} gb_part;
gb_error gb_upload(gb_tensor *out, const gb_part *parts, size_t n, const void *data, size_t bytes, int device);

// autograd.hpp
gb_error gb_leaf(gb_tensor *out, gb_tensor storage, int64_t offset, const int64_t *shape, int dims, bool requires_grad);
gb_error gb_set_requires_grad(gb_tensor t, bool on);
gb_error gb_set_grad(gb_tensor t, gb_tensor grad);
gb_error gb_grad(gb_tensor *out, gb_tensor t);
gb_error gb_backward(gb_tensor loss, gb_tensor gradient);
gb_error gb_when_reached(gb_tensor x, uintptr_t id, bool *hooked);  // see recompute.h; not where x has no gradient
gb_error gb_detach(gb_tensor *out, gb_tensor t);
void gb_grad_mode(bool on, bool *before);

// runtime.hpp
void gb_set_up(void);
void gb_empty_cache(void);
const char *gb_torch_version(void);
const char *gb_cpu_capability(void);
void gb_library_path(char *path, size_t capacity);
gb_error gb_set_threads(int n);
int gb_threads(void);
gb_error gb_deterministic(bool on);
gb_error gb_tf32(bool on);
bool gb_cpu_has_bf16(void);
gb_error gb_seed(uint64_t seed, int device);

// cuda.hpp
typedef enum { GB_CUDA_ABSENT, GB_CUDA_BROKEN, GB_CUDA_READY } gb_cuda_state;  // broken: it is there and cannot be used
gb_cuda_state gb_cuda_found(int *devices, char *problem, size_t capacity);
gb_error gb_cuda_card(int device, char *name, size_t capacity, int *major, int *minor);
gb_error gb_cuda_memory(int device, int64_t *total, int64_t *free, int64_t *allocated, int64_t *reserved, int64_t *peak);
gb_error gb_cuda_reset_peak(int device);
gb_error gb_cuda_empty_cache(void);
gb_error gb_synchronize(int device);

// stream.hpp
gb_error gb_new_stream(int device, int64_t *id);
gb_error gb_exchange_stream(int device, int64_t id, int64_t *before);
gb_error gb_new_event(gb_event *out, int device);
gb_error gb_record_event(gb_event e);
gb_error gb_block_on_event(gb_event e);
gb_error gb_wait_for_event(gb_event e);
void gb_free_event(gb_event e);

// elementwise.hpp
gb_error gb_scale(gb_tensor *out, gb_tensor a, double factor);
gb_error gb_fill(gb_tensor a, double value);
gb_error gb_cast(gb_tensor *out, gb_tensor a, int dtype);
gb_error gb_topk(gb_tensor *values, gb_tensor *indices, gb_tensor a, int64_t k);
gb_error gb_truncated_normal(gb_tensor a, double std, uint64_t seed);

#ifdef __cplusplus
}
#endif
