#include "generator.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/EmptyTensor.h>

#include <cstring>
#include <vector>

#include "counts.h"
#include "memory.h"
#include "queue.h"
#include "settings.h"

namespace standin {
namespace {

// kEach is how far an operator moves the generator; CUDA's moves by what its threads use.
constexpr uint64_t kEach = 4;

struct Generator final : c10::GeneratorImpl {
  std::shared_ptr<RandomState> state = std::make_shared<RandomState>(RandomState{c10::default_rng_seed_val, 0});

  explicit Generator(c10::DeviceIndex device)
      : GeneratorImpl(c10::Device(c10::kCUDA, device), c10::DispatchKeySet(c10::DispatchKey::CUDA)) {}
  void set_current_seed(uint64_t seed) override {
    TORCH_CHECK(!capturing() || seed == state->seed,
                "CUDAGeneratorImpl::set_current_seed can be called during stream capture only if new seed is the same as the original seed.");
    if (!capturing()) state->seed = seed, state->offset = 0;
  }
  void set_offset(uint64_t offset) override {
    refuse();
    state->offset = offset;
  }
  uint64_t get_offset() const override { return state->offset; }
  uint64_t current_seed() const override { return state->seed; }
  uint64_t seed() override {
    set_current_seed(c10::detail::getNonDeterministicRandom());
    return state->seed;
  }
  void set_state(const c10::TensorImpl &from) override {
    refuse();
    std::memcpy(state.get(), from.data(), sizeof(Draw));
  }
  c10::intrusive_ptr<c10::TensorImpl> get_state() const override {
    at::TensorBase out = at::detail::empty_cpu({static_cast<int64_t>(sizeof(Draw))}, at::kByte);
    std::memcpy(out.mutable_data_ptr(), state.get(), sizeof(Draw));
    return out.getIntrusivePtr();
  }
  void graphsafe_set_state(const c10::intrusive_ptr<GeneratorImpl> &other) override { state = static_cast<Generator *>(other.get())->state; }
  c10::intrusive_ptr<GeneratorImpl> graphsafe_get_state() const override {
    auto other = c10::make_intrusive<Generator>(device().index());
    other->state = state;
    return other;
  }
  Generator *clone_impl() const override {
    auto *other = new Generator(device().index());
    *other->state = {state->seed, state->offset};
    return other;
  }
};

uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

}  // namespace

const at::Generator &generator(c10::DeviceIndex device) {
  static auto *all = [] {
    auto *list = new std::vector<at::Generator>;
    for (int i = 0; i < settings().devices; i++) list->push_back(at::make_generator<Generator>(static_cast<c10::DeviceIndex>(i)));
    return list;
  }();
  return all->at(static_cast<size_t>(device < 0 ? current_device() : device));
}

std::shared_ptr<RandomState> state_of(const at::Generator &g) { return static_cast<Generator *>(g.unsafeGetGeneratorImpl())->state; }

Drawn draw() {
  count(kDraws);
  at::Generator g = generator(current_device());
  std::lock_guard<std::mutex> lock(g.mutex());
  const auto state = state_of(g);
  if (capturing()) {
    TORCH_CHECK(state->capturing, "Attempt to increase offset for a CUDA generator not in capture mode.");
    const Drawn drawn{{0, state->inside}, state};
    state->inside += kEach;
    return drawn;
  }
  TORCH_CHECK(!state->capturing, "Offset increment outside graph capture encountered unexpectedly.");
  const Drawn drawn{{state->seed, state->offset}, nullptr};
  state->offset += kEach;
  return drawn;
}

at::Generator drawn_on_host() {
  TORCH_CHECK(!capturing(), "stand-in: of what draws random numbers only attention can be recorded");
  const Draw d = draw().draw;
  return at::make_generator<at::CPUGeneratorImpl>(mixed(d.seed + 0x9E3779B97F4A7C15ull * (d.offset + 1)));
}

bool kept(const Draw &d, uint64_t element, double rate) {
  const uint64_t bits = mixed(mixed(d.seed + 0x9E3779B97F4A7C15ull * (d.offset + 1)) + element);
  return static_cast<double>(bits >> 11) * 0x1p-53 >= rate;
}

}  // namespace standin
