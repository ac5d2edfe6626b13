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
#include "forms.h"
#include "generator.h"
#include "host.h"
#include "memory.h"
#include "queue.h"

namespace standin {
namespace {

// Arguments are what an operator is called with, seen from the host. All tensors must be on one device; only numbers may lie
// on the CPU, as CUDA has it, which reads them at the call.
struct Arguments {
  Seen seen;
  c10::DeviceIndex device = -1;
  std::string name;
  bool numbered = false;  // what it gives depends on contents: CUDA waits for them, too

  at::Tensor take(const at::Tensor &t) {
    if (!t.defined()) return t;
    if (!t.is_cuda()) {
      TORCH_CHECK(t.dim() == 0 || indexes(), "Expected all tensors to be on the same device, but ", name, " found a tensor on cpu and one on cuda!");
      auto copy = t.clone();
      if (t.unsafeGetTensorImpl()->is_wrapped_number()) copy.unsafeGetTensorImpl()->set_wrapped_number(true);
      return copy;
    }
    TORCH_CHECK(device < 0 || device == t.device().index(), "Expected all tensors to be on the same device, but ", name,
                " found at least two devices, cuda:", static_cast<int>(device), " and ", t.device(), "!");
    device = t.device().index();
    return seen.host(t);
  }

  // indexes says whether the operator brings its indices to the device by itself.
  bool indexes() const { return name == "aten::index" || name == "aten::index_put_" || name == "aten::_index_put_impl_"; }

  c10::IValue take(const c10::IValue &v) {
    if (v.isTensor()) return take(v.toTensor());
    if (v.isTensorList()) {
      std::vector<at::Tensor> list;
      for (const at::Tensor &t : v.toTensorVector()) list.push_back(take(t));
      return list;
    }
    if (v.isOptionalTensorList()) {
      c10::List<std::optional<at::Tensor>> list;
      for (std::optional<at::Tensor> t : v.toOptionalTensorList()) {
        list.push_back(t ? std::optional<at::Tensor>(take(*t)) : std::nullopt);
        numbered |= t && t->defined() && (t->scalar_type() == at::kBool || t->scalar_type() == at::kByte);
      }
      return list;
    }
    if (v.isDevice()) {
      if (v.toDevice().is_cuda()) device = v.toDevice().has_index() ? v.toDevice().index() : current_device();
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

// softens says whether an operator is a softmax that is given half numbers and gives whole ones, which the CPU's do not.
bool softens(const std::string &name, const torch::jit::Stack &arguments) {
  return (name == "aten::_softmax" || name == "aten::_log_softmax") && arguments[2].toBool();
}

// adapt changes what a CUDA kernel takes and the CPU's does not, in the arguments.
void adapt(const std::string &name, torch::jit::Stack *arguments, bool tf32) {
  auto &list = *arguments;
  if (tf32)
    for (auto [i, end] = factors(name); i < end; i++) list[i] = rounded(list[i].toTensor());
  if (!softens(name, list)) return;
  list[0] = list[0].toTensor().to(at::kFloat);
  list[2] = false;
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

// Results are tensors of the device whose content comes later, and where it comes to: an empty list for a result that is an
// argument, which the operator writes into by itself.
struct Results {
  std::vector<c10::IValue> given;
  std::vector<std::vector<at::Tensor>> rooms;

  void add(Arguments &arguments, const c10::TypePtr &type, const std::vector<Form> &forms) {
    std::vector<at::Tensor> list, room;
    for (const auto &f : forms) {
      list.push_back(f.defined ? empty_on_device(f.sizes, f.strides, f.type) : at::Tensor());
      room.push_back(arguments.seen.host(list.back()));
    }
    const bool several = type->kind() == c10::TypeKind::ListType;
    given.push_back(several ? c10::IValue(list) : list.empty() ? c10::IValue() : c10::IValue(list[0]));
    rooms.push_back(std::move(room));
  }
};

// put copies what an operator has made to where its result lies.
void put(const std::string &name, const at::Tensor &room, const at::Tensor &made) {
  TORCH_CHECK(room.defined() == made.defined() && (!room.defined() || (room.sizes() == made.sizes() && room.scalar_type() == made.scalar_type())),
              "stand-in: ", name, " gives a result that depends on contents, and needs an entry among those that wait");
  if (room.defined()) at::Tensor(room).copy_(made);
}

// kWaiting are the operators whose results' shapes depend on contents.
const std::set<std::string> kWaiting = {"aten::nonzero",  "aten::masked_select", "aten::_unique", "aten::_unique2",           "aten::unique_dim",
                                        "aten::bincount", "aten::equal",         "aten::is_nonzero", "aten::repeat_interleave"};

bool all_tensors(const std::vector<c10::Argument> &returns) {
  return std::all_of(returns.begin(), returns.end(), [](const c10::Argument &r) {
    return r.type()->kind() == c10::TypeKind::ListType || r.type()->isSubtypeOf(*c10::OptionalType::ofTensor());
  });
}

// on_host runs an operator of the CPU, later. Its results have their shapes at once. What it writes into an argument is there
// already when it has run; what it makes is copied.
void on_host(const c10::OperatorHandle &op, torch::jit::Stack *stack) {
  const auto &schema = op.schema();
  const auto &arguments = schema.arguments();
  const size_t n = arguments.size(), from = stack->size() - n;
  const std::vector<c10::IValue> given(stack->begin() + static_cast<int64_t>(from), stack->end());
  stack->resize(from);
  Arguments seen;
  seen.name = op.operator_name().name;
  operated(seen.name.c_str());
  torch::jit::Stack taken;
  for (size_t i = 0; i < n; i++) {
    if (given[i].isGenerator() || (given[i].isNone() && arguments[i].real_type()->str() == "Generator?")) {
      taken.push_back(drawn_on_host());
      continue;
    }
    auto v = seen.take(given[i]);
    taken.push_back(grows(arguments[i], given[i]) ? c10::IValue(at::empty({0}, v.toTensor().options())) : v);
  }
  const c10::DeviceIndex device = seen.device < 0 ? current_device() : seen.device;
  Here here(device);
  const bool tf32 = at::globalContext().allowTF32CuBLAS();
  const auto &returns = schema.returns();
  const bool waits = seen.numbered || kWaiting.count(seen.name) > 0 || !all_tensors(returns);
  const auto forms = waits ? std::vector<std::vector<Form>>(returns.size()) : forms_of(op, given);
  Results results;
  for (size_t i = 0; i < returns.size(); i++) {
    const auto *alias = returns[i].alias_info();
    if (!alias) {
      results.add(seen, returns[i].type(), forms[i]);
      continue;
    }
    TORCH_CHECK(alias->isWrite(), "stand-in: ", seen.name, " makes a view and needs an entry of its own");
    results.rooms.emplace_back();
    for (size_t j = 0; j < n; j++) {
      const auto *other = arguments[j].alias_info();
      if (!other || !(*other == *alias)) continue;
      if (grows(arguments[j], given[j])) {
        resize_(given[j].toTensor(), forms[i].at(0).sizes, std::nullopt);
        results.rooms.back().push_back(seen.seen.host(given[j].toTensor()));
      }
      results.given.push_back(given[j]);
    }
  }
  if (waits) {
    now(device, std::move(seen.seen), [&] {
      adapt(seen.name, &taken, tf32);
      op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), &taken);
    });
    for (size_t i = 0; i < returns.size(); i++) stack->push_back(returns[i].alias_info() ? results.given[i] : to_device(taken[i]));
    return;
  }
  for (auto &v : results.given) stack->push_back(std::move(v));
  later(device, std::move(seen.seen), [op, tf32, name = seen.name, taken, rooms = std::move(results.rooms)]() mutable {
    adapt(name, &taken, tf32);
    op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), &taken);
    for (size_t i = 0; i < rooms.size(); i++) {
      if (rooms[i].empty()) continue;
      if (taken[i].isTensor()) {
        put(name, rooms[i][0], taken[i].toTensor());
        continue;
      }
      const auto made = taken[i].toTensorVector();
      TORCH_CHECK(made.size() == rooms[i].size(), "stand-in: ", name, " gives another number of tensors");
      for (size_t k = 0; k < made.size(); k++) put(name, rooms[i][k], made[k]);
    }
  });
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

// item waits for the stream, as every reading of a number does.
at::Scalar item(const at::Tensor &t) {
  Seen seen;
  const auto number = seen.host(t);
  at::Scalar value;
  now(t.device().index(), std::move(seen), [&] { value = number.item(); });
  return value;
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
