#include "launch.h"

#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/util/Exception.h>
#include <dlfcn.h>

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "../cubin.h"
#include "cuda.h"
#include "module.h"

namespace gobert::cuda {
namespace {

std::atomic<bool> switched_on{true};
std::atomic<const u64 *> step_in_memory{nullptr};

const char *name_of(Unit unit) {
  switch (unit) {
    case Unit::Activation: return "activation";
    case Unit::Attention: return "attention";
    case Unit::CrossEntropy: return "cross_entropy";
    case Unit::Dropout: return "dropout";
    case Unit::Embedding: return "embedding";
    case Unit::Norm: return "norm";
    case Unit::Optimizer: return "optimizer";
    case Unit::Rows: return "rows";
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

// kOfOneType are the kernels whose names end with no type though others of their unit have one.
const std::set<std::string> kOfOneType = {"finish_sums", "count_targets", "mean_loss"};

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

void step_from(const at::Tensor &step) { step_in_memory = static_cast<const u64 *>(address(step)); }

Dropout of(const gobert::Dropout &d) { return {d.threshold, d.scale, d.seed, d.site, step_in_memory}; }

bool ready(Unit unit, const at::Device &device, at::ScalarType type, int64_t width) {
  if (!switched_on || !suffix_of(type)) return false;
  if (width > kWidest) {
    const auto why = "rows of " + std::to_string(width) + " columns are wider than the " + std::to_string(kWidest) + " that norms are made for";
    if (device.is_cuda()) gobert_kernels_refused(const_cast<char *>(why.c_str()));
    return false;
  }
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
  if (form.unit != Unit::Tables && form.unit != Unit::Step && kOfOneType.count(kernel) == 0) name += std::string("_") + suffix_of(form.type);
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

}  // namespace gobert::cuda
