// The operators: LibTorch's own of the CPU, run on the memory of the device.
#include <ATen/Context.h>
#include <ATen/EmptyTensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/unfold_native.h>
#include <ATen/ops/view_native.h>
#include <torch/library.h>

#include <set>

#include "copies.h"
#include "counts.h"
#include "host.h"

namespace standin {
namespace {

// Arguments are what an operator is called with, seen from the host. All tensors must be on one device; only numbers may lie
// on the CPU, as CUDA has it.
struct Arguments {
  Open open;
  c10::DeviceIndex device = -1;
  std::string name;

  at::Tensor take(const at::Tensor &t) {
    if (t.defined() && t.is_cuda()) {
      TORCH_CHECK(device < 0 || device == t.device().index(), "Expected all tensors to be on the same device, but ", name,
                  " found at least two devices, cuda:", static_cast<int>(device), " and ", t.device(), "!");
      device = t.device().index();
    } else {
      TORCH_CHECK(!t.defined() || t.dim() == 0 || indexes(), "Expected all tensors to be on the same device, but ", name,
                  " found a tensor on cpu and one on cuda!");
    }
    return host(t, open);
  }

  // indexes says whether the operator brings its indices to the device by itself.
  bool indexes() const { return name == "aten::index.Tensor" || name == "aten::index_put_" || name == "aten::_index_put_impl_"; }

  c10::IValue take(const c10::IValue &v) {
    if (v.isTensor()) return take(v.toTensor());
    if (v.isTensorList()) {
      std::vector<at::Tensor> list;
      for (const at::Tensor &t : v.toTensorVector()) list.push_back(take(t));
      return list;
    }
    if (v.isOptionalTensorList()) {
      c10::List<std::optional<at::Tensor>> list;
      for (std::optional<at::Tensor> t : v.toOptionalTensorList()) list.push_back(t ? std::optional<at::Tensor>(take(*t)) : std::nullopt);
      return list;
    }
    if (v.isDevice()) {
      if (v.toDevice().is_cuda()) device = v.toDevice().index();
      return c10::Device(c10::kCPU);
    }
    return v;
  }
};

// rounded is a factor of a product with 10 bits of mantissa, which is what a GPU's units take where TF32 is allowed.
at::Tensor rounded(const at::Tensor &t) {
  if (!t.defined() || t.scalar_type() != at::kFloat) return t;
  auto bits = t.contiguous().clone().view(at::kInt);
  return bits.add_(1 << 12).bitwise_and_(~((1 << 13) - 1)).view(at::kFloat);
}

// factors says which arguments of an operator are those of a product: from the first number on, up to the second.
std::pair<size_t, size_t> factors(const std::string &name) {
  if (name == "aten::mm" || name == "aten::bmm") return {0, 2};
  if (name == "aten::addmm" || name == "aten::baddbmm" || name == "aten::addmm_" || name == "aten::baddbmm_") return {1, 3};
  return {0, 0};
}

// adapt changes what a CUDA kernel takes and the CPU's does not, in the arguments that begin at a place of the stack.
void adapt(const std::string &name, torch::jit::Stack *stack, size_t from) {
  if (at::globalContext().allowTF32CuBLAS())
    for (auto [i, end] = factors(name); i < end; i++) (*stack)[from + i] = rounded((*stack)[from + i].toTensor());
  if ((name == "aten::_softmax" || name == "aten::_log_softmax") && (*stack)[from + 2].toBool()) {
    (*stack)[from] = (*stack)[from].toTensor().to(at::kFloat);
    (*stack)[from + 2] = false;
  }
}

c10::IValue to_device(const c10::IValue &v) {
  if (v.isTensor()) return device(v.toTensor());
  if (!v.isTensorList()) return v;
  std::vector<at::Tensor> list;
  for (const at::Tensor &t : v.toTensorVector()) list.push_back(device(t));
  return list;
}

const at::Tensor &resize_(const at::Tensor &self, at::IntArrayRef sizes, std::optional<at::MemoryFormat>) {
  auto *tensor = self.unsafeGetTensorImpl();
  auto *storage = self.storage().unsafeGetStorageImpl();
  const size_t bytes = at::detail::computeStorageNbytesContiguous(sizes, self.element_size(), static_cast<size_t>(self.storage_offset()));
  if (bytes > storage->nbytes()) {
    TORCH_CHECK(storage->nbytes() == 0, "stand-in: a tensor that holds something grows");
    Here here(self.device().index());
    storage->set_data_ptr_noswap(device_memory().allocate(bytes));
    storage->set_nbytes(bytes);
  }
  tensor->set_sizes_contiguous(sizes);
  return self;
}

// grows says whether an argument is a result that is still empty: the operator gives it its shape.
bool grows(const c10::Argument &argument, const c10::IValue &v) { return argument.is_out() && v.isTensor() && v.toTensor().numel() == 0; }

void grow(const at::Tensor &to, const at::Tensor &from) {
  resize_(to, from.sizes(), std::nullopt);
  Open open;
  host(to, open).copy_(from);
}

// on_host runs an operator of the CPU. What it writes into an argument is there already; what it makes is copied.
void on_host(const c10::OperatorHandle &op, torch::jit::Stack *stack) {
  const auto &schema = op.schema();
  const auto &arguments = schema.arguments();
  const size_t n = arguments.size(), from = stack->size() - n;
  const std::vector<c10::IValue> given(stack->begin() + static_cast<int64_t>(from), stack->end());
  Arguments seen;
  seen.name = op.operator_name().name;
  operated(seen.name.c_str());
  bring();
  for (size_t i = 0; i < n; i++) {
    auto &v = (*stack)[from + i] = seen.take(given[i]);
    if (grows(arguments[i], given[i])) v = at::empty({0}, v.toTensor().options());
  }
  adapt(seen.name, stack, from);
  Here here(seen.device < 0 ? current_device() : seen.device);
  op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
  const size_t results = schema.returns().size(), first = stack->size() - results;
  for (size_t i = 0; i < results; i++) {
    auto &v = (*stack)[first + i];
    const auto *alias = schema.returns()[i].alias_info();
    if (!alias) {
      v = to_device(v);
      continue;
    }
    TORCH_CHECK(alias->isWrite(), "stand-in: ", seen.name, " makes a view and needs an entry of its own");
    for (size_t j = 0; j < n; j++) {
      const auto *other = arguments[j].alias_info();
      if (!other || !(*other == *alias)) continue;
      if (grows(arguments[j], given[j])) grow(given[j].toTensor(), v.toTensor());
      v = given[j];
    }
  }
}

at::Tensor empty(at::IntArrayRef sizes, std::optional<at::ScalarType> dtype, std::optional<at::Layout>, std::optional<at::Device> where,
                 std::optional<bool>, std::optional<at::MemoryFormat> format) {
  Here here(where && where->has_index() ? where->index() : current_device());
  return at::detail::empty_generic(sizes, &device_memory(), c10::DispatchKeySet(c10::DispatchKey::CUDA), dtype.value_or(at::kFloat), format);
}

at::Tensor empty_strided(at::IntArrayRef sizes, at::IntArrayRef strides, std::optional<at::ScalarType> dtype, std::optional<at::Layout>,
                         std::optional<at::Device> where, std::optional<bool>) {
  Here here(where && where->has_index() ? where->index() : current_device());
  return empty_on_device(sizes, strides, dtype.value_or(at::kFloat));
}

at::Tensor &copy_(at::Tensor &self, const at::Tensor &from, bool non_blocking) { return copy(self, from, non_blocking); }

// item waits for the device, as every reading of a number does.
at::Scalar item(const at::Tensor &t) {
  synchronise();
  Open open;
  return host(t, open).item();
}

// kOwn are the operators with an entry of their own, here or in another file.
const std::set<std::string> kOwn = {
    "aten::empty.memory_format", "aten::empty_strided", "aten::copy_",   "aten::_local_scalar_dense", "aten::resize_",
    "aten::as_strided",          "aten::view",          "aten::unfold",  "aten::_reshape_alias",      "aten::set_",
    "aten::set_.source_Storage", "aten::set_.source_Storage_storage_offset",
};

// TORCH_LIBRARY_IMPL(aten) gives the device every operator that the CPU has.
TORCH_LIBRARY_IMPL(aten, CUDA, m) {
  m.impl("empty.memory_format", &empty);
  m.impl("empty_strided", &empty_strided);
  m.impl("copy_", &copy_);
  m.impl("_local_scalar_dense", &item);
  m.impl("resize_", &resize_);
  m.impl("as_strided", &at::native::as_strided_tensorimpl);
  m.impl("view", &at::native::view);
  m.impl("unfold", &at::native::unfold);
  m.impl("_reshape_alias", &at::native::_reshape_alias);
  auto &dispatcher = c10::Dispatcher::singleton();
  for (const auto &name : dispatcher.getAllOpNames()) {
    const std::string full = name.overload_name.empty() ? name.name : name.name + "." + name.overload_name;
    if (full.rfind("aten::", 0) != 0 || kOwn.count(full)) continue;
    const auto op = dispatcher.findSchema(name);
    if (!op || !op->hasKernelForDispatchKey(c10::DispatchKey::CPU) || op->hasKernelForDispatchKey(c10::DispatchKey::CUDA)) continue;
    m.impl(full.substr(6).c_str(), torch::CppFunction::makeFromBoxedFunction<&on_host>());
  }
}

}  // namespace
}  // namespace standin
