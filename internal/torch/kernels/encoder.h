// All layers of an encoder without gradients as one piece of work: Go comes here once a pass, and threads meet nowhere.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "../int8/int8.h"
#include "panels.h"

namespace gobert {

// Block is a layer's weights: maps with their biases, and the norms. All maps are in panels, or all are of eight-bit integers.
struct Block {
  struct Map {
    at::Tensor weight, bias;
    std::vector<int8::Weight> eight;  // side by side, in the place of both
    std::vector<panels::Correction> low;  // of adapters, beside panels
  } qkv, output, up, down;
  struct Norm {
    at::Tensor gain, bias;
  } attended, out;
};

// Network is what the layers have in common.
struct Network {
  int64_t heads;
  double eps;
  std::string activation;
};

// encode takes packed hidden states [N,H], whose sequences begin at offsets int32 [B+1], through the layers: [N,H], or the rows of the last
// layer that are asked for, int32 [M]; undefined: all. A sequence's bits depend on nothing but itself.
at::Tensor encode(const at::Tensor &x, const std::vector<Block> &blocks, const Network &network, const at::Tensor &offsets, const at::Tensor &rows);

// attend is the attention of encode by itself: of qkv [N,3H], [N,H].
at::Tensor attend(const at::Tensor &qkv, const at::Tensor &offsets, int64_t heads);

// can_attend says whether there are kernels for this processor, by which the integers of encode and attend go, too.
bool can_attend();

}  // namespace gobert
