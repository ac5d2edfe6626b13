// The encoder as one call; see encoder.hpp.
#pragma once
#include "int8.h"

#ifdef __cplusplus
extern "C" {
#endif

// gb_block is a layer's weights: the packed maps of queries, keys and values, of attention's output, up and down, and both norms; or six maps
// of eight-bit integers, queries, keys and values each by itself.
typedef struct {
  gb_tensor weight[4], bias[4];
  gb_tensor gain[2], shift[2];
  gb_int8 eight[6];
  bool integers;
} gb_block;

// gb_low is what an adapter adds to the rows from..to of a layer's map, 0 to 3 in a block's order: gb_pack_low's panels.
typedef struct {
  size_t layer, which;
  gb_tensor a, b;
  int64_t rank, panel, from, to;
} gb_low;

// gb_pack_low brings an adapter's a [rank,in] and b [out,rank] into panels, for columns of the map from one on; see panels.h.
gb_error gb_pack_low(gb_low *out, gb_tensor a, gb_tensor b, double scale, int64_t column);

gb_error gb_encode(gb_tensor *out, gb_tensor x, const gb_block *blocks, size_t layers, gb_tensor offsets_host, int64_t heads, double eps,
                   const char *activation, gb_tensor rows, const gb_low *lows, size_t low_count);
bool gb_is_packed(gb_tensor weight);

// gb_attend is the attention of gb_encode by itself, where there are kernels for it.
bool gb_can_attend(void);
gb_error gb_attend(gb_tensor *out, gb_tensor qkv, gb_tensor offsets_host, int64_t heads);

// gb_settle waits for threads that still are in a pass whose answer was given.
void gb_settle(void);

#ifdef __cplusplus
}
#endif
