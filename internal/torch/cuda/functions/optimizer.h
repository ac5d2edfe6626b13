// An optimizer's steps by the card's kernels; see optimizer.cu and step.cu.
#pragma once
#include "../../kernels/optimizer.h"

namespace gobert::cuda {

// serves_update says whether the kernels can update values whose copy is of this type (fp32 where there is none).
bool serves_update(const at::Tensor &value, at::ScalarType copy);

// new_updater prepares steps of 3 launches for AdamW and 5 for LAMB. They read nothing of the host's but their arguments'
// addresses, which stay: a step can be captured in a CUDA graph and played again, if the rate lies where it lay.
std::unique_ptr<Updater> new_updater(const Flat &flat, const Rule &rule, const std::vector<Part> &parts);

// serves_measures is serves_update for add_measures, which adds all values in one launch for each 8.
bool serves_measures(const at::Tensor &sums);
void add_measures(const std::vector<Measured> &measured, const at::Tensor &sums);

}  // namespace gobert::cuda
