// An operator is asked for the forms of its results by running it: on LibTorch's tensors without content where it can do that,
// otherwise on zeros. What it answers is remembered by operator and arguments, contents and factors apart.
#include "forms.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/empty_strided.h>
#include <c10/core/GradMode.h>

#include <cstring>
#include <map>
#include <mutex>
#include <sstream>

namespace standin {
namespace {

using Forms = std::vector<std::vector<Form>>;

// counting says whether an operator's numbers are a shape.
bool counting(const std::string &name) { return name.find("range") != std::string::npos || name.find("space") != std::string::npos; }

void write(std::ostream &out, const at::Tensor &t) {
  if (!t.defined()) {
    out << "-;";
    return;
  }
  out << 'T' << static_cast<int>(t.scalar_type()) << t.sizes() << t.strides() << (t.unsafeGetTensorImpl()->is_wrapped_number() ? "w;" : ";");
}

void write(std::ostream &out, const c10::IValue &v, bool number) {
  if (v.isTensor()) return write(out, v.toTensor());
  if (v.isTensorList() || v.isOptionalTensorList()) {
    out << '[';
    for (const auto &x : v.toListRef()) write(out, x, false);
    out << ']';
    return;
  }
  if (v.isGenerator() || v.isDevice()) {
    out << "g;";
    return;
  }
  if (number || v.isDouble())
    out << v.tagKind() << ';';
  else
    out << v << ';';
}

std::string key_of(const c10::OperatorHandle &op, const torch::jit::Stack &arguments) {
  std::ostringstream out;
  const auto &schema = op.schema();
  out << schema.name() << '.' << schema.overload_name() << ' ';
  const bool shape = counting(schema.name());
  for (size_t i = 0; i < arguments.size(); i++) {
    const auto &type = *schema.arguments()[i].real_type();
    const bool number = !shape && (type.kind() == c10::TypeKind::NumberType || type.str() == "Scalar?" || type.str() == "Scalar[]");
    if (shape && arguments[i].isDouble())
      out << arguments[i].toDouble() << ';';
    else
      write(out, arguments[i], number);
  }
  return out.str();
}

// like gives a tensor of the same form on another device: of zeros on the CPU.
at::Tensor like(const at::Tensor &t, c10::DeviceType device) {
  if (!t.defined()) return t;
  auto out = at::empty_strided(t.sizes(), t.strides(), at::TensorOptions().dtype(t.scalar_type()).device(device));
  if (device == c10::kCPU && out.storage().nbytes() > 0) std::memset(out.storage().mutable_data(), 0, out.storage().nbytes());
  if (t.unsafeGetTensorImpl()->is_wrapped_number()) out.unsafeGetTensorImpl()->set_wrapped_number(true);
  return out;
}

c10::IValue like(const c10::IValue &v, c10::DeviceType device) {
  if (v.isTensor()) return like(v.toTensor(), device);
  if (v.isDevice()) return c10::Device(device);
  if (v.isGenerator()) return {};
  if (v.isTensorList()) {
    std::vector<at::Tensor> list;
    for (const at::Tensor &t : v.toTensorVector()) list.push_back(like(t, device));
    return list;
  }
  if (v.isOptionalTensorList()) {
    c10::List<std::optional<at::Tensor>> list;
    for (std::optional<at::Tensor> t : v.toOptionalTensorList()) list.push_back(t ? std::optional<at::Tensor>(like(*t, device)) : std::nullopt);
    return list;
  }
  return v;
}

Form form_of(const at::Tensor &t) {
  if (!t.defined()) return {};
  return {true, t.sizes().vec(), t.strides().vec(), t.scalar_type()};
}

Forms run(const c10::OperatorHandle &op, const torch::jit::Stack &arguments, c10::DeviceType device) {
  torch::jit::Stack stack;
  for (const auto &v : arguments) stack.push_back(like(v, device));
  c10::NoGradGuard no_grad;
  at::AutoDispatchBelowADInplaceOrView below;
  op.redispatchBoxed(c10::DispatchKeySet(device == c10::kMeta ? c10::DispatchKey::Meta : c10::DispatchKey::CPU), &stack);
  Forms forms;
  for (const auto &v : stack) {
    forms.emplace_back();
    if (v.isTensor()) forms.back().push_back(form_of(v.toTensor()));
    if (!v.isTensorList()) continue;
    for (const at::Tensor &t : v.toTensorVector()) forms.back().push_back(form_of(t));
  }
  return forms;
}

Forms ask(const c10::OperatorHandle &op, const torch::jit::Stack &arguments) {
  if (op.hasKernelForDispatchKey(c10::DispatchKey::Meta)) {
    try {
      return run(op, arguments, c10::kMeta);
    } catch (const c10::Error &) {
      // The operator itself says it better, or knows more.
    }
  }
  auto generator = at::detail::getDefaultCPUGenerator();
  const auto before = generator.get_state();  // nothing is drawn for this
  try {
    auto forms = run(op, arguments, c10::kCPU);
    generator.set_state(before);
    return forms;
  } catch (...) {
    generator.set_state(before);
    throw;
  }
}

}  // namespace

Forms forms_of(const c10::OperatorHandle &op, const torch::jit::Stack &arguments) {
  static auto *const known = new std::map<std::string, Forms>;
  static std::mutex mutex;
  const auto key = key_of(op, arguments);
  {
    std::lock_guard<std::mutex> lock(mutex);
    const auto found = known->find(key);
    if (found != known->end()) return found->second;
  }
  auto forms = ask(op, arguments);
  std::lock_guard<std::mutex> lock(mutex);
  return (*known)[key] = std::move(forms);
}

}  // namespace standin
