// All layers of an encoder without gradients as one piece of work: Go comes here once a pass, and threads meet nowhere.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace gobert {

// Block is a layer's weights: packed maps with their biases, and the norms.
struct Block {
  struct Map {
    at::Tensor weight, bias;
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

// blocks_packed says whether all maps are in panels, which is what encode can read.
bool blocks_packed(const std::vector<Block> &blocks);

// encode takes packed hidden states [N,H], whose sequences begin at offsets int32 [B+1], through the layers: [N,H], or the rows of the last
// layer that are asked for, int32 [M]; undefined: all. A sequence's bits depend on nothing but itself.
at::Tensor encode(const at::Tensor &x, const std::vector<Block> &blocks, const Network &network, const at::Tensor &offsets, const at::Tensor &rows);

}  // namespace gobert
