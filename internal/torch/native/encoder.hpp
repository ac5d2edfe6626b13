// The layers of a pass without gradients, from packed weights: kernels/encoder.h.
#include "encoder.h"

#include "../kernels/encoder.h"
#include "../kernels/panels.h"
#include "../kernels/team.h"
#include "guard.h"
#include "int8.hpp"

using namespace gobert;

gb_error gb_encode(gb_tensor *out, gb_tensor x, const gb_block *blocks, size_t layers, gb_tensor offsets_host, int64_t heads, double eps,
                   const char *activation, gb_tensor rows, const gb_low *lows, size_t low_count) {
  return guarded([&] {
    std::vector<Block> list(layers);
    for (size_t i = 0; i < layers; i++) {
      auto &b = list[i];
      Block::Map *maps[] = {&b.qkv, &b.output, &b.up, &b.down};
      for (int m = 0; m < 4 && !blocks[i].integers; m++) *maps[m] = {ref(blocks[i].weight[m]), ref(blocks[i].bias[m]), {}};
      for (int m = 0; m < 6 && blocks[i].integers; m++) maps[std::max(0, m - 2)]->eight.push_back(weight_of(blocks[i].eight[m]));
      b.attended = {ref(blocks[i].gain[0]), ref(blocks[i].shift[0])};
      b.out = {ref(blocks[i].gain[1]), ref(blocks[i].shift[1])};
    }
    for (const gb_low *l = lows; l < lows + low_count; l++) {
      auto &b = list.at(l->layer);
      Block::Map *maps[] = {&b.qkv, &b.output, &b.up, &b.down};
      maps[l->which]->low.push_back({ref(l->a), ref(l->b), l->rank, l->panel, l->from, l->to});
    }
    *out = give(encode(ref(x), list, {heads, eps, activation}, ref(offsets_host), optional(rows)));
  });
}

gb_error gb_pack_low(gb_low *out, gb_tensor a, gb_tensor b, double scale, int64_t column) {
  return guarded([&] {
    panels::Correction c;
    panels::pack_low(c, ref(a), ref(b), scale, column);
    out->a = give(c.a), out->b = give(c.b), out->rank = c.rank, out->panel = c.panel;
  });
}

bool gb_is_packed(gb_tensor weight) { return panels::is_packed(ref(weight)); }

void gb_settle(void) { settle(); }

bool gb_can_attend(void) { return can_attend(); }

gb_error gb_attend(gb_tensor *out, gb_tensor qkv, gb_tensor offsets_host, int64_t heads) {
  return guarded([&] { *out = give(attend(ref(qkv), ref(offsets_host), heads)); });
}
