// The C door to LibTorch's distributed engine (c10d): a store that processes meet in, and a group that carries blocks of
// tensors between them. Conventions are abi.h's. A store, a group and a work belong to the caller and are freed once.
#pragma once
#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void *gb_store;
typedef void *gb_group;
typedef void *gb_work;

// A store is one connection. With a listener (a socket's descriptor, taken over) this process keeps what is stored; with -1 it asks
// the one at host and port. Calls of one store wait for each other.
gb_error gb_new_store(gb_store *out, const char *host, int port, int listener, const char *prefix, int64_t timeout_ms);
gb_error gb_store_set(gb_store s, const char *key, const void *value, size_t n);
gb_error gb_store_get(gb_store s, const char *key, char **value, size_t *n);  // *value is NULL where the key is absent
gb_error gb_store_add(gb_store s, const char *key, int64_t delta, int64_t *sum);
// Sets a key that is absent. *value is what it holds afterwards, whoever set it.
gb_error gb_store_claim(gb_store s, const char *key, const void *mine, size_t mine_n, char **value, size_t *n);
void gb_free_store(gb_store s);

// A group connects every rank with every other, over the interface that has the address, or where that is "" the one that
// GLOO_SOCKET_IFNAME names.
gb_error gb_new_group(gb_group *out, gb_store s, int rank, int size, const char *address, int64_t connect_ms);
void gb_free_group(gb_group g);

// Begins to send n elements of a flat tensor of the host's memory and to receive m, either of which may be 0.
gb_error gb_exchange(gb_work *out, gb_group g, int peer, int tag, gb_tensor source, int64_t from, int64_t n, gb_tensor target,
                     int64_t to, int64_t m);
gb_error gb_wait_for_work(gb_work w, bool *whole);  // *whole is false where it was aborted
void gb_abort_work(gb_work w);                      // from any thread, also before it is waited for
void gb_free_work(gb_work w);

// a[from + i] = a[from + i] + b[i], or b[i] + a[from + i], of float32 of the host's memory, on the calling thread alone.
gb_error gb_add_block(gb_tensor a, int64_t from, gb_tensor b, int64_t n, bool b_first);

#ifdef __cplusplus
}
#endif
