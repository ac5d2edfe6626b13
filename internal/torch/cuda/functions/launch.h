// From a tensor to a running kernel: which of its compiled forms serves, and the call that starts it.
#pragma once
#include <ATen/ATen.h>

#include <initializer_list>
#include <string>

#include "../../kernels/philox.h"

namespace gobert::cuda {

#include "arguments.h"

struct Grid {
  unsigned x, y = 1, z = 1;
};

// A Unit is a text of kernels, compiled by itself when it is first needed.
enum class Unit { Activation, Attention, CrossEntropy, Dropout, Embedding, Norm, Optimizer, Rows, Step, Sums, Tables };

// A Form is what a unit is compiled for: the type of the activations; the width of rows where they are held in registers,
// otherwise 0; and whether all rows begin at multiples of 16 bytes.
struct Form {
  Unit unit;
  at::ScalarType type;
  int64_t width;
  bool aligned;
};

// ready says whether a unit can serve tensors of this device and type, compiling it if need be. When it cannot, one warning says
// why and LibTorch's operators do the work.
bool ready(Unit unit, const at::Device &device, at::ScalarType type, int64_t width = 0);

// launch starts a kernel on the device's current stream. kernel is its name without the form's part.
void launch(const Form &form, const std::string &kernel, const at::Device &device, Grid grid, unsigned threads, const void *argument);

// all_aligned is for Form::aligned: rows of width from each of these addresses on.
bool all_aligned(int64_t width, std::initializer_list<const void *> from);

inline const void *address(const at::Tensor &t) { return t.defined() ? t.const_data_ptr() : nullptr; }
inline void *writable(const at::Tensor &t) { return t.defined() ? t.data_ptr() : nullptr; }
inline const float *floats(const at::Tensor &t) { return static_cast<const float *>(address(t)); }
inline float *float_room(const at::Tensor &t) { return static_cast<float *>(writable(t)); }
inline const int *ints(const at::Tensor &t) { return static_cast<const int *>(address(t)); }

// of hands a mask to a kernel; see step_from.
Dropout of(const gobert::Dropout &d);

// Blocks that share out the rows by warps, kWarpsOfBlock each; and how many blocks collect sums over rows: a number that does
// not depend on the card, so that the order of a sum does not either.
constexpr int64_t kRowThreads = 128, kWarpsOfBlock = 4, kColumnThreads = 256, kColumnsOfBlock = 256;
inline unsigned blocks_of_rows(int64_t rows) { return static_cast<unsigned>(std::max<int64_t>(1, (rows + kWarpsOfBlock - 1) / kWarpsOfBlock)); }
inline unsigned blocks_of_sums(int64_t rows) { return std::min(384u, blocks_of_rows(rows)); }
inline unsigned blocks_of_columns(int64_t width) { return static_cast<unsigned>((width + kColumnsOfBlock - 1) / kColumnsOfBlock); }

// bands_of is into how many bands of rows a matrix is cut, for about 1,500 blocks in all.
inline unsigned bands_of(int64_t rows, int64_t blocks_across) {
  return static_cast<unsigned>(std::clamp<int64_t>(1536 / blocks_across, 1, std::max<int64_t>(1, (rows + 15) / 16)));
}

}  // namespace gobert::cuda
