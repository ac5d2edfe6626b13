// The C door to NCCL, which carries blocks of a GPU's memory between ranks. It is found at run time, as CUDA is: nothing is linked. The
// conventions are abi.h's.
#pragma once
#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void *gb_cards;

enum { GB_NCCL_ID = 128, GB_UUID = 16 };  // bytes

// Finds NCCL in a library that is named, or for "" where CUDA's libraries are: its version, 22809 for 2.28.9. An error is two lines: what is
// wrong, and what to do.
gb_error gb_find_nccl(const char *path, int *version);
// What a rank makes and all others are told, so that they find each other.
gb_error gb_nccl_id(char *id);
// The driver's name of a device, which no other one has.
gb_error gb_card_uuid(int device, unsigned char *uuid);

// Cards are a device's connection with those of all ranks. They have a stream of their own; what they are asked for is put there, in order,
// and is done when all ranks concerned have come to it. All calls but the abort are made by one thread at a time.
gb_error gb_new_cards(gb_cards *out, int device);
gb_error gb_join_cards(gb_cards c, const char *id, int rank, int size, bool *whole);
// What is asked for later comes behind all that the caller's stream was asked for so far. It is safe from any thread.
gb_error gb_cards_follow(gb_cards c);
// Sends n elements of a flat tensor of the device to a peer and receives m, either of which may be 0.
gb_error gb_cards_exchange(gb_cards c, int peer, gb_tensor source, int64_t from, int64_t n, gb_tensor target, int64_t to, int64_t m);
// a[from + i] = a[from + i] + b[i], or b[i] + a[from + i].
gb_error gb_cards_add(gb_cards c, gb_tensor a, int64_t from, gb_tensor b, int64_t n, bool b_first);
// Waits until all of it is done; *whole is false where it was given up.
gb_error gb_settle_cards(gb_cards c, bool *whole);
void gb_abort_cards(gb_cards c);  // from any thread; there are no connections any more
void gb_free_cards(gb_cards c);

#ifdef __cplusplus
}
#endif
