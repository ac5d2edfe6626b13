// How the inner loops are compiled: once for each generation of vector units, chosen when the program starts, so that one
// binary runs on any x86-64 and is fast on all; elsewhere once, plainly.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GOBERT_VECTORS __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define GOBERT_VECTORS
#endif

// INLINED marks helpers of such loops: inlined, they are compiled for the loop's own target.
#define GOBERT_INLINED static inline __attribute__((always_inline))
