#include "launch.h"

#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>

#include <atomic>
#include <map>
#include <mutex>

#include "../../kernels/sink.h"
#include "cuda.h"
#include "module.h"

namespace gobert::cuda {
namespace {

std::atomic<bool> switched_on{true};

const char *name_of(Unit unit) {
  switch (unit) {
    case Unit::Attention: return "attention";
    case Unit::CrossEntropy: return "cross_entropy";
    case Unit::Dropout: return "dropout";
    case Unit::Embedding: return "embedding";
    case Unit::Gelu: return "gelu";
    case Unit::Norm: return "norm";
    case Unit::Optimizer: return "optimizer";
    case Unit::Step: return "step";
    case Unit::Sums: return "sums";
    case Unit::Tables: return "tables";
  }
  return "";
}

const char *suffix_of(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return "f32";
    case at::kHalf: return "f16";
    case at::kBFloat16: return "bf16";
    default: return nullptr;
  }
}

// is_flat says whether a unit works on flat memory, where parameters begin anywhere: it has no form for aligned rows.
bool is_flat(Unit unit) { return unit == Unit::Optimizer || unit == Unit::Step; }

int64_t chunks_of(int64_t width) { return (width + kColumnsOfBlock - 1) / kColumnsOfBlock; }

// kWidest is the longest row that a warp's registers hold.
constexpr int64_t kWidest = 1024;

// A loaded unit, or why there is none.
struct Loaded {
  void *module = nullptr;
  std::map<std::string, void *> functions;
};

std::mutex loading;
std::map<std::string, Loaded> units;

std::string key_of(const Form &f, int device) {
  return std::string(name_of(f.unit)) + ' ' + suffix_of(f.type) + ' ' + std::to_string(f.width) + (f.aligned ? " aligned " : " ") + std::to_string(device);
}

// load gives a unit compiled for a form, with loading held; its module is null where it cannot be had.
Loaded &load(const Form &f, int device) {
  const auto key = key_of(f, device);
  const auto found = units.find(key);
  if (found != units.end()) return found->second;
  auto &unit = units[key];
  unit.module = load_module(name_of(f.unit), suffix_of(f.type), f.width, f.aligned, device);
  return unit;
}

}  // namespace

void use_kernels(bool on) { switched_on = on; }

bool ready(Unit unit, const at::Device &device, at::ScalarType type, int64_t width) {
  if (!switched_on || !suffix_of(type) || width > kWidest) return false;
  if (device.is_cpu()) return host_launcher() != nullptr;
  if (!device.is_cuda()) return false;
  const c10::DeviceGuard here(device);  // a module belongs to the device that it is loaded on
  std::lock_guard<std::mutex> lock(loading);
  return load({unit, type, width, width % 8 == 0 && !is_flat(unit)}, device.index()).module != nullptr;
}

bool all_aligned(int64_t width, std::initializer_list<const void *> from) {
  if (width % 8 != 0) return false;
  for (const void *p : from)
    if (reinterpret_cast<uintptr_t>(p) % 16 != 0) return false;
  return true;
}

void launch(const Form &form, const std::string &kernel, const at::Device &device, Grid grid, unsigned threads, const void *argument) {
  std::string name = kernel;
  if (form.unit != Unit::Tables && form.unit != Unit::Step && kernel != "finish_sums") name += std::string("_") + suffix_of(form.type);
  if (form.width > 0) name += '_' + std::to_string(chunks_of(form.width));
  if (device.is_cpu()) {
    const char *fault = host_launcher()(name.c_str(), grid.x, grid.y, grid.z, threads, argument);
    TORCH_CHECK(!fault, name, " on the host: ", fault);
    return;
  }
  const c10::DeviceGuard here(device);
  void *function;
  {
    std::lock_guard<std::mutex> lock(loading);
    auto &unit = load(form, device.index());
    TORCH_CHECK(unit.module, "the kernel ", name, " cannot be had");
    auto &known = unit.functions[name];
    if (!known) known = find_function(unit.module, name.c_str());
    function = known;
  }
  const c10::impl::VirtualGuardImpl impl(device.type());
  start(function, name.c_str(), grid.x, grid.y, grid.z, threads, impl.getStream(device).native_handle(), argument);
}

at::Tensor finish(const at::Tensor &part, int64_t kind, const at::Tensor &master) {
  if (!wants(master)) return {};
  auto into = sink(master);
  const auto result = into.defined() ? into : at::empty(master.sizes(), part.options());
  const int64_t width = part.size(-1), kinds = part.dim() == 3 ? part.size(1) : 1;
  FinishSums a{floats(part) + kind * width, float_room(result), kinds * width, static_cast<int>(part.size(0)), into.defined(), static_cast<u32>(width)};
  launch({Unit::Sums, at::kFloat, 0, true}, "finish_sums", part.device(), {static_cast<unsigned>((width + 31) / 32)}, 256, &a);
  return into.defined() ? at::Tensor() : result;
}

}  // namespace gobert::cuda
