// Products by weights that are kept in panels: the order in which a vector kernel of our own reads them, once, from end to end.
//
// LibTorch's libraries choose kernel and order of summation by the number of rows, and without AVX-512 fall far below what the processor
// can do for few rows. Here a row's result has the same bits whatever the other rows are, how many there are, and who computes them.
#pragma once
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "generation.h"
#include "team.h"

namespace gobert::panels {

// generation is the one that LibTorch uses, too (ATEN_CPU_CAPABILITY lowers it); null where there are no kernels for it.
const Generation *generation();

// pack brings a weight [out,in] into panels, [panels,in,width].
at::Tensor pack(const at::Tensor &weight);

// is_packed tells panels from oneDNN's order.
bool is_packed(const at::Tensor &weight);

Activation activation_of(const std::string &name);

// Product is one to be done: rows [rows,k] of a, by a packed weight.
struct Product {
  const float *a;
  int64_t a_stride, rows;
  at::Tensor weight;
  int64_t columns;
  Finish finish;
  std::vector<Low> lows = {};  // what is added to its rows before they are finished
};

// add puts a product at the end of the steps.
void add(Steps &steps, const Product &p, int64_t vacated = -1);

// Correction is what an adapter adds to some rows of a product, (x A^T) B^T: A in panels, B in panels that begin where the panel of the product
// begins in which the first of its columns lies. What follows lies behind a product's other weights: see add_low.
struct Correction {
  at::Tensor a, b;
  int64_t rank, panel, from, to;

  int64_t floats() const { return (to - from) * rank; }
};

// pack_low brings an adapter's A [rank,in] and B [out,rank] into panels, for columns from a column on.
void pack_low(Correction &to, const at::Tensor &a, const at::Tensor &b, double scale, int64_t column);

// add_low puts the products by A at the end of the steps, of rows of x with k columns, and gives what a product needs to add the ones by B. They
// are kept in memory of as many floats as the corrections say.
std::vector<Low> add_low(Steps &steps, const std::vector<Correction> &list, const float *x, int64_t k, float *memory, int64_t vacated = -1);

// linear is activation(x W^T + bias) for x [N,in].
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, const std::string &activation);

}  // namespace gobert::panels
