// Gradients of parameters and of what products read: what several of the functions share.
#pragma once
#include <ATen/ATen.h>

namespace gobert::cuda {

// finish adds up one of kinds sums of part [parts,kinds,width] and puts the result where the master's gradient belongs: into the
// tensor that collects it, or back to autograd. A master that wants none is skipped. Within a backward pass sums that are collected
// wait for each other, and one launch does them all; see Collecting.
at::Tensor finish(const at::Tensor &part, int64_t kind, const at::Tensor &master);

// finish_span is finish for a master whose sums begin at a column of part [parts,columns].
at::Tensor finish_span(const at::Tensor &part, int64_t begin, int64_t width, const at::Tensor &master);

// band_sums leaves the sums over bands of dy's rows in part [bands,width].
void band_sums(const at::Tensor &dy, const at::Tensor &part);

// bias_gradient is the sum over the rows of dy, put where the gradient of the bias belongs.
at::Tensor bias_gradient(const at::Tensor &bias, const at::Tensor &dy);

// weight_gradient is gobert::weight_gradient; on a card the product itself adds dy^T x to the master's gradient in fp32.
at::Tensor weight_gradient(const at::Tensor &weight, const at::Tensor &dy, const at::Tensor &x);

// input_gradient is dy W + carry, where carry, the gradient that came to x by another way, may be undefined. It is added to in place
// where nobody else holds it.
at::Tensor input_gradient(const at::Tensor &dy, const at::Tensor &compute, at::Tensor &carry);

}  // namespace gobert::cuda
