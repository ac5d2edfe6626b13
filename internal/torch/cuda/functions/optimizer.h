// An optimizer's steps by the card's kernels; see optimizer.cu and step.cu.
#pragma once
#include "../../kernels/optimizer.h"

namespace gobert::cuda {

// serves_update says whether the kernels can update values whose copy is of this type (fp32 where there is none).
bool serves_update(const at::Tensor &value, at::ScalarType copy);

// new_updater prepares steps of 3 launches for AdamW and 5 for LAMB. They read nothing of the host's but their arguments'
// addresses, which stay: a step can be captured in a CUDA graph and played again, if the rate lies where it lay.
std::unique_ptr<Updater> new_updater(const Flat &flat, const Rule &rule, const std::vector<Part> &parts);

// squares are those of kernels/optimizer.h, of several regions one behind the other, blocks in all, on the device: the same bits for a block
// whatever else is summed. Without the kernels it is an error, for LibTorch's sums depend on how many there are.
at::Tensor squares(const at::Tensor &x, const int64_t *from, const int64_t *n, size_t regions, int64_t blocks);

// serves_measures is serves_update for add_measures, which adds all values in one launch for each 8.
bool serves_measures(const at::Tensor &sums);
void add_measures(const std::vector<Measured> &measured, const at::Tensor &sums);

}  // namespace gobert::cuda
