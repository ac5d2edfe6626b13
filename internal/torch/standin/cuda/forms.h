// What an operator will give, before it has run: see forms.cpp.
#pragma once
#include <ATen/core/dispatch/Dispatcher.h>

#include <vector>

namespace standin {

// A Form is what a tensor looks like.
struct Form {
  bool defined = false;
  std::vector<int64_t> sizes, strides;
  at::ScalarType type = at::kFloat;
};

// forms_of gives the forms of all results; a result that is a list has one for each of its tensors. It raises what the operator
// would of its arguments' shapes. Contents must not matter.
std::vector<std::vector<Form>> forms_of(const c10::OperatorHandle &op, const torch::jit::Stack &arguments);

}  // namespace standin
