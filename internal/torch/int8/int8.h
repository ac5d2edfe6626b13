// Linear maps and tables of eight-bit integers on the CPU: what package torch sees of them. How they are laid out and computed is in doc.go.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "../kernels/team.h"

namespace gobert::int8 {

// A Weight is a matrix [out,in] of which row r stands for scale[r] * q[r,:].
struct Weight {
  at::Tensor q;      // int8 [out,in], or all of the packed order, flat
  at::Tensor scale;  // fp32 [out]
  at::Tensor shift;  // int32 [out rounded up to whole blocks]: -128 times the sum of each row; undefined before it was packed
  at::Tensor bias;   // fp32 [out], or undefined: used by linear alone
  int64_t out, in;
  bool packed;
};

// quantize gives w, fp32 [out,in], in eight bits.
Weight quantize(const at::Tensor &w);

// widest is how many inputs a map may have: their sum of products still fits into 32 bits.
constexpr int64_t kWidest = 1 << 17;

// pack brings a weight into the order of the products, in its own memory where the order takes no more of it. unpacked gives the rows again.
void pack(Weight &w);
at::Tensor unpacked(const Weight &w);

// floats gives the fp32 matrix that a weight stands for.
at::Tensor floats(const Weight &w);

// linear is x W^T + b for x fp32 [N,in] and packed weights of one input, their outputs side by side: [N, out1 + out2 + ...]. gelu applies that
// function to the sums.
at::Tensor linear(const at::Tensor &x, const std::vector<Weight> &weights, bool gelu);

struct Core;

// Rounded is memory for rows of activations in eight bits, as the core writes them that is in use when it is made.
struct Rounded {
  const Core *core;
  int64_t width, depth;  // of a row: numbers, and numbers with what fills it
  uint8_t *q;
  float *step;  // one a row

  static int64_t floats(int64_t rows, int64_t width);  // memory that they take
  Rounded(float *memory, int64_t rows, int64_t width);
  void round(const float *x, int64_t begin, int64_t end) const;  // rows of x
};

// add_rounding puts the rounding of rows of x at the end of the steps. add does so with what linear does, for rows that were rounded: to
// has as many columns as all weights have outputs.
void add_rounding(Steps &steps, const float *x, int64_t rows, const Rounded &to, int64_t vacated = -1);
void add(Steps &steps, const Rounded &x, int64_t rows, const std::vector<Weight> &weights, bool gelu, float *to, int64_t vacated = -1);

// add_rows adds scale[r] * q[r,:] for r = rows[i] to row i of sum, fp32 [N,in].
void add_rows(const at::Tensor &sum, const Weight &table, const at::Tensor &rows);

// kernels lists the cores that this machine has, the best one first; LibTorch's cap (ATEN_CPU_CAPABILITY) holds for them too. use_kernel
// computes by one of them from now on, or by the best one for an empty name.
std::vector<const char *> kernels();
void use_kernel(const std::string &name);

}  // namespace gobert::int8
