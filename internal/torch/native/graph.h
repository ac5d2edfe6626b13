// CUDA graphs: see graph.hpp.
#pragma once
#include "abi.h"

#ifdef __cplusplus
#include <ATen/ATen.h>

#include "../kernels/philox.h"

namespace gobert {
// settle_in_graph is what settling the generator of a device comes to while a graph is recorded; false while none is.
bool settle_in_graph(const at::Device &device, const Dropout &dropout);

// refuse_in_graph raises an error while a graph is recorded: what is done reads the step from the host.
void refuse_in_graph(const char *what);
}  // namespace gobert

extern "C" {
#endif

typedef void *gb_graph;

int64_t gb_draws(void);  // how many attentions have drawn random numbers so far
gb_error gb_record(gb_graph *out, int device, int64_t draws);
gb_error gb_end_record(gb_graph graph, bool keep);
gb_error gb_replay(gb_graph graph, uint64_t step);
void gb_free_graph(gb_graph graph);

gb_error gb_upload_into(gb_tensor block, const void *data, size_t bytes);
gb_error gb_parts(gb_tensor *out, const gb_part *parts, size_t n, gb_tensor block);

#ifdef __cplusplus
}
#endif
