// Products that CUDA has and the CPU has not: of fp16 or bfloat16 factors, summed and stored in fp32. cuBLAS adds up in fp32 and rounds
// nothing in between; so does the CPU's product of the widened factors.
#include <ATen/core/Tensor.h>
#include <ATen/ops/addmm.h>
#include <c10/core/GradMode.h>
#include <torch/library.h>

#include "counts.h"
#include "memory.h"
#include "queue.h"

namespace standin {
namespace {

// It refuses what _addmm_dtype_out_cuda of LibTorch 2.11 refuses.
at::Tensor &addmm_dtype_out(const at::Tensor &self, const at::Tensor &a, const at::Tensor &b, at::ScalarType type, const at::Scalar &beta,
                            const at::Scalar &alpha, at::Tensor &out) {
  Here here(out.device().index());
  operated("aten::addmm");
  TORCH_CHECK(self.is_cuda() && a.is_cuda() && b.is_cuda() && out.is_cuda(), "Expected all tensors to be on the same device");
  TORCH_CHECK(a.dim() == 2 && b.dim() == 2 && a.size(1) == b.size(0), "mat1 and mat2 shapes cannot be multiplied");
  TORCH_CHECK(a.scalar_type() == b.scalar_type(), "mat1 and mat2 must have the same dtype, but got ", a.scalar_type(), " and ", b.scalar_type());
  TORCH_CHECK(type == a.scalar_type() || (type == at::kFloat && (a.scalar_type() == at::kHalf || a.scalar_type() == at::kBFloat16)),
              "out_dtype must be the same as input dtype or fp32 for fp16/bf16 inputs");
  TORCH_CHECK(type == out.scalar_type(), "out_dtype must be the same as the dtype of the provided out tensor");
  TORCH_CHECK(type == self.scalar_type() || self.scalar_type() == a.scalar_type(), "self dtype must match either out_dtype or mat1 dtype");
  if (!out.is_same(self)) operated("aten::copy_");  // what is added to is copied first
  Seen seen;
  const auto room = seen.host(out), added = seen.host(self), first = seen.host(a), second = seen.host(b);
  later(out.device().index(), std::move(seen), [=] {
    c10::NoGradGuard no_grad;
    at::Tensor(room).copy_(at::addmm(added.to(type), first.to(type), second.to(type), beta, alpha));
  });
  return out;
}

TORCH_LIBRARY_IMPL(aten, CUDA, m) { m.impl("addmm.dtype_out", &addmm_dtype_out); }

}  // namespace
}  // namespace standin
