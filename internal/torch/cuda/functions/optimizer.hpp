#include "optimizer.h"

#include "cuda.h"
#include "launch.h"

namespace gobert::cuda {
namespace {

// What the kernels are made for; see step.cu and optimizer.cu.
constexpr unsigned kStepThreads = 256, kMeasureThreads = 32;

const Form kStep{Unit::Step, at::kFloat, 0, false};

// on_device brings a table of structs to where the kernels are.
template <class T>
at::Tensor on_device(const std::vector<T> &table, const at::Device &device) {
  return at::from_blob(const_cast<T *>(table.data()), {static_cast<int64_t>(table.size() * sizeof(T))}, at::kByte).to(device, at::kByte, false, /*copy=*/true);
}

class KernelUpdater final : public Updater {
 public:
  KernelUpdater(const Flat &flat, const Rule &rule, const std::vector<Part> &parts) : flat_(flat), rule_(rule), device_(flat.value.device()) {
    std::vector<Trained> trained;
    std::vector<Tile> tiles;
    for (const Part &p : parts) {
      firsts_.push_back(tiles.size());
      trained.push_back({p.decay, p.rate, static_cast<u32>(tiles.size()), static_cast<u32>((p.count + kTile - 1) / kTile), p.adapt});
      for (int64_t at = 0; at < p.count; at += kTile)
        tiles.push_back({p.begin + at, p.moments + at, static_cast<u32>(std::min<int64_t>(kTile, p.count - at)), static_cast<u32>(trained.size() - 1)});
    }
    tiles_ = static_cast<unsigned>(tiles.size()), parameters_ = static_cast<unsigned>(trained.size());
    table_of_tiles_ = on_device(tiles, device_), table_of_parameters_ = on_device(trained, device_);
    const auto doubles = flat.value.options().dtype(at::kDouble);
    // As many blocks as a large card runs at once: a number that does not depend on the card, so that the order of the sum does not.
    blocks_ = static_cast<unsigned>(std::clamp<int64_t>(flat.grad.numel() / (kStepThreads * 8), 1, 1024));
    squares_ = at::empty({blocks_}, doubles);
    if (!rule.lamb) return;
    part_ = at::empty({tiles_, 2}, doubles);
    steps_ = at::empty({parameters_}, flat.value.options());
  }

  void step(const at::Tensor &rate, const at::Tensor &squares) override {
    const bool known = squares.defined();
    const GradientNorm norm{floats(flat_.grad), static_cast<double *>(writable(squares_)), flat_.grad.numel()};
    if (!known) launch(kStep, "gradient_norm", device_, {blocks_}, kStepThreads, &norm);
    const PlanStep plan{known ? static_cast<const double *>(address(squares)) : norm.part, static_cast<const double *>(address(rate)), state(),
                        float_room(flat_.root), rule_.beta1, rule_.beta2, rule_.clip, rule_.share, known ? 1 : static_cast<int>(blocks_), rule_.run};
    launch(kStep, "plan_step", device_, {1}, kStepThreads, &plan);
    if (tiles_ == 0) return;
    const UpdateValues update = values();
    if (!rule_.lamb) return finish(update);
    const LambDirection direction{update, static_cast<double *>(writable(part_))};
    launch(kStep, "lamb_direction", device_, {tiles_}, kStepThreads, &direction);
    if (!known) go(direction);
  }

  // The sums of whole parameters take the place of those of this share's tiles: each stands in the part's first tile.
  void walk(const double *lengths, size_t parts) override {
    TORCH_CHECK(rule_.lamb && parts == firsts_.size(), "lengths of ", parts, " parts, of ", firsts_.size());
    if (tiles_ == 0) return;
    std::vector<double> sums(2 * tiles_);
    for (size_t i = 0; i < parts; i++) std::copy_n(lengths + 2 * i, 2, sums.begin() + 2 * firsts_[i]);
    part_.copy_(on_device(sums, device_).view(at::kDouble).view_as(part_));
    go({values(), static_cast<double *>(writable(part_))});
  }

 private:
  void go(const LambDirection &direction) {
    launch(kStep, "lamb_steps", device_, {parameters_}, kStepThreads, &direction);
    finish(direction.of);
  }

  void finish(const UpdateValues &update) {
    const auto type = flat_.copy.defined() ? flat_.copy.scalar_type() : at::kFloat;
    launch({Unit::Optimizer, type, 0, false}, rule_.lamb ? "lamb" : "adamw", device_, {tiles_}, kStepThreads, &update);
  }

  StepState *state() const { return static_cast<StepState *>(writable(flat_.state)); }

  UpdateValues values() const {
    return {float_room(flat_.value),
            float_room(flat_.grad),
            float_room(flat_.m),
            float_room(flat_.v),
            writable(flat_.copy),
            static_cast<const Tile *>(address(table_of_tiles_)),
            static_cast<const Trained *>(address(table_of_parameters_)),
            state(),
            float_room(steps_),
            static_cast<float>(rule_.beta1),
            static_cast<float>(rule_.beta2),
            static_cast<float>(1 - rule_.beta1),
            static_cast<float>(1 - rule_.beta2),
            static_cast<float>(rule_.eps)};
  }

  const Flat flat_;
  const Rule rule_;
  const at::Device device_;
  unsigned tiles_ = 0, parameters_ = 0, blocks_ = 0;
  std::vector<size_t> firsts_;  // each part's first tile
  at::Tensor table_of_tiles_, table_of_parameters_, squares_, part_, steps_;
};

}  // namespace

bool serves_update(const at::Tensor &value, at::ScalarType copy) {
  return ready(Unit::Step, value.device(), at::kFloat) && ready(Unit::Optimizer, value.device(), copy);
}

std::unique_ptr<Updater> new_updater(const Flat &flat, const Rule &rule, const std::vector<Part> &parts) {
  return std::make_unique<KernelUpdater>(flat, rule, parts);
}

at::Tensor squares(const at::Tensor &x, const int64_t *from, const int64_t *n, size_t regions, int64_t blocks) {
  TORCH_CHECK(ready(Unit::Step, x.device(), at::kFloat), "the sums over a gradient's blocks need kernels that cannot be used on ", x.device());
  const auto sums = at::empty({blocks}, x.options().dtype(at::kDouble));
  double *part = static_cast<double *>(writable(sums));
  for (size_t i = 0; i < regions; i++) {
    if (n[i] == 0) continue;
    const BlockSquares a{floats(x), part, from[i], n[i]};
    const auto count = static_cast<unsigned>((from[i] + n[i] + kNormBlock - 1) / kNormBlock - from[i] / kNormBlock);
    launch(kStep, "block_squares", x.device(), {count}, kStepThreads, &a);
    part += count;
  }
  return sums;
}

bool serves_measures(const at::Tensor &sums) { return ready(Unit::Step, sums.device(), at::kFloat); }

void add_measures(const std::vector<Measured> &measured, const at::Tensor &sums) {
  for (size_t from = 0; from < measured.size(); from += kMeasures) {
    AddMeasures a{};
    std::vector<at::Tensor> held;  // values of other types, until the kernel is launched
    a.sums = static_cast<double *>(writable(sums));
    for (; a.count < kMeasures && from + a.count < measured.size(); a.count++) {
      const Measured &m = measured[from + a.count];
      const bool whole = m.value.scalar_type() == at::kLong;
      held.push_back(whole ? m.value : m.value.to(at::kFloat));
      a.from[a.count] = address(held.back());
      a.times[a.count] = static_cast<float>(m.times);
      a.into[a.count] = static_cast<int>(m.into);
      a.whole[a.count] = whole;
    }
    launch(kStep, "add_measures", sums.device(), {1}, kMeasureThreads, &a);
  }
}

}  // namespace gobert::cuda
