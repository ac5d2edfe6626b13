// Steps of an optimizer that a device makes by itself: by the card's kernels, or by LibTorch's operators where there are none. The
// host hands over a learning rate and reads nothing.
#include "../cuda/functions/optimizer.h"

#include "guard.h"
#include "lamb.h"
#include "optimizer.h"

using namespace gobert;

namespace {

// The numbers of Flat::state, in the order of StepState in cuda/functions/arguments.h.
enum Slot { kScale, kGood, kUpdates, kNorm, kTried, kRefused, kRefusedNorm };

class OperatorUpdater final : public Updater {
 public:
  OperatorUpdater(const Flat &flat, const Rule &rule, const std::vector<Part> &parts) : flat_(flat), rule_(rule) {
    for (const Part &p : parts) {
      if (groups_.empty() || !joins(groups_.back(), p)) groups_.push_back({p.begin, 0, p.moments, p.decay, p.rate, p.adapt, {}, {}, {}, {}, {}});
      groups_.back().count += p.count;
      groups_.back().sizes.push_back(p.count);
    }
    for (Group &g : groups_) {
      g.value = flat.value.narrow(0, g.begin, g.count), g.grad = flat.grad.narrow(0, g.begin, g.count);
      g.m = flat.m.narrow(0, g.moments, g.count), g.v = flat.v.narrow(0, g.moments, g.count);
    }
  }

  void step(const at::Tensor &rate, const at::Tensor &squares) override {
    c10::NoGradGuard no_grad;
    TORCH_CHECK(!squares.defined(), "a share of a step needs kernels that cannot be used on ", flat_.value.device(), ": operators round by where they begin");
    const auto norm = at::linalg_vector_norm(flat_.grad).to(at::kDouble).div(slot(kScale)), finite = norm.isfinite();
    const auto live = slot(kRefused).eq(0), made = finite.logical_and(live), failed = finite.logical_not().logical_and(live);
    const auto skip = made.logical_not();
    auto factor = slot(kScale).reciprocal();
    constexpr double kClipEps = 1e-6;  // what PyTorch's clip_grad_norm_ adds to the norm
    if (rule_.clip > 0) factor = factor.mul(norm.add(kClipEps).reciprocal().mul(rule_.clip).clamp_max(1));
    slot(kTried).add_(1);
    slot(kUpdates).add_(made);
    slot(kNorm).copy_(at::where(live, norm, slot(kNorm)));
    rescale(made, failed, norm);
    const auto updates = slot(kUpdates).clamp_min(1);  // where nothing is updated corrections must be numbers, too
    rule_.lamb ? lamb(rate, factor, updates, skip) : adamw(rate, factor, updates, skip);
    if (flat_.copy.defined()) flat_.copy.copy_(flat_.value);
    flat_.grad.zero_();
  }

  void walk(const double *, size_t) override { TORCH_CHECK(false, "operators make no share of a step"); }

 private:
  // A Group is a run of parameters that are treated alike.
  struct Group {
    int64_t begin, count, moments;
    double decay, rate;
    bool adapt;
    std::vector<int64_t> sizes;
    at::Tensor value, grad, m, v;
  };

  static bool joins(const Group &g, const Part &p) {
    return g.begin + g.count == p.begin && g.moments + g.count == p.moments && g.decay == p.decay && g.rate == p.rate && g.adapt == p.adapt;
  }

  at::Tensor slot(Slot s) const { return flat_.state.select(0, s); }

  // rescale keeps the loss scale, or remembers a gradient that no scale helps.
  void rescale(const at::Tensor &made, const at::Tensor &failed, const at::Tensor &norm) {
    auto refused = failed;
    auto scale = slot(kScale), good = slot(kGood);
    if (rule_.run > 0) {
      const auto halved = failed.logical_and(scale.gt(1));
      refused = failed.logical_and(halved.logical_not());
      good.add_(made);
      const auto doubled = made.logical_and(good.ge(rule_.run));
      good.mul_(halved.logical_or(doubled).logical_not());
      scale.mul_(at::where(halved, 0.5, 1.0)).mul_(at::where(doubled, 2.0, 1.0));
    }
    slot(kRefusedNorm).copy_(at::where(refused, norm, slot(kRefusedNorm)));
    slot(kRefused).copy_(at::where(refused, slot(kTried), slot(kRefused)));
    flat_.root.copy_(scale.mul(rule_.share));
  }

  void adamw(const at::Tensor &rate, const at::Tensor &factor, const at::Tensor &updates, const at::Tensor &skip) {
    const auto number = updates.to(at::kFloat), divisor = factor.reciprocal().to(at::kFloat), found = skip.to(at::kFloat);
    for (const Group &g : groups_) {
      const auto lr = rate.reshape({}).mul(g.rate).to(at::kFloat);
      at::_fused_adamw_({g.value}, {g.grad}, {g.m}, {g.v}, {}, {number}, lr, rule_.beta1, rule_.beta2, g.decay, rule_.eps, false, false, divisor, found);
    }
  }

  // What is skipped takes part with a gradient of 0, decays by 1 and a rate of 0.
  void lamb(const at::Tensor &rate, const at::Tensor &factor, const at::Tensor &updates, const at::Tensor &skip) {
    const auto number = [&](double made, double skipped) { return at::where(skip, skipped, made).to(at::kFloat); };
    const auto correction = [&](double beta) { return at::rsub(at::pow(beta, updates), 1).to(at::kFloat); };
    const auto decay1 = number(rule_.beta1, 1), decay2 = number(rule_.beta2, 1), correction1 = correction(rule_.beta1), correction2 = correction(rule_.beta2);
    for (const Group &group : groups_) {
      const auto &p = group.value, &g = group.grad, &m = group.m, &v = group.v;
      g.mul_(factor.to(at::kFloat)).masked_fill_(skip, 0);
      m.mul_(decay1).add_(g, 1 - rule_.beta1);
      v.mul_(decay2).addcmul_(g, g, 1 - rule_.beta2);
      auto direction = m.div(correction1).div_(v.div(correction2).sqrt_().add_(rule_.eps));
      if (group.decay != 0) direction.add_(p, group.decay);
      if (group.adapt) gobert::adapt(p, direction, group.sizes);
      p.sub_(direction.mul_(at::where(skip, 0.0, rate.reshape({}).mul(group.rate)).to(at::kFloat)));
    }
  }

  const Flat flat_;
  const Rule rule_;
  std::vector<Group> groups_;
};

void add_on_host(const std::vector<Measured> &measured, const at::Tensor &sums) {
  for (const Measured &m : measured) {
    double &sum = sums.data_ptr<double>()[m.into];
    sum = static_cast<float>(sum) + m.value.to(at::kFloat).item<float>() * static_cast<float>(m.times);
  }
}

void add_by_operators(const std::vector<Measured> &measured, const at::Tensor &sums) {
  for (const Measured &m : measured) {
    const auto sum = sums.select(0, m.into);
    sum.copy_(sum.to(at::kFloat).add(m.value.to(at::kFloat).mul(m.times).reshape({})));
  }
}

}  // namespace

gb_error gb_new_updater(gb_updater *out, gb_flat f, gb_rule r, const gb_part_of_flat *parts, size_t n) {
  return guarded([&] {
    const Flat flat{ref(f.value), ref(f.grad), ref(f.m), ref(f.v), optional(f.copy), ref(f.state), ref(f.root)};
    const Rule rule{r.lamb, r.beta1, r.beta2, r.eps, r.clip, r.share, r.run};
    std::vector<Part> trained;
    for (size_t i = 0; i < n; i++) trained.push_back({parts[i].begin, parts[i].count, parts[i].decay, parts[i].rate, parts[i].adapt, parts[i].moments});
    const auto type = flat.copy.defined() ? flat.copy.scalar_type() : at::kFloat;
    *out = cuda::serves_update(flat.value, type) ? cuda::new_updater(flat, rule, trained).release() : new OperatorUpdater(flat, rule, trained);
  });
}

gb_error gb_update(gb_updater u, gb_tensor rate, gb_tensor squares) {
  return guarded([&] { static_cast<Updater *>(u)->step(ref(rate), optional(squares)); });
}

gb_error gb_walk(gb_updater u, const double *lengths, size_t parts) {
  return guarded([&] { static_cast<Updater *>(u)->walk(lengths, parts); });
}

void gb_free_updater(gb_updater u) { delete static_cast<Updater *>(u); }

gb_error gb_add_measures(gb_tensor sums, const gb_measured *values, size_t n) {
  return guarded([&] {
    c10::NoGradGuard no_grad;
    std::vector<Measured> measured;
    for (size_t i = 0; i < n; i++) measured.push_back({ref(values[i].value).detach(), values[i].times, values[i].into});
    const auto &into = ref(sums);
    cuda::serves_measures(into) ? cuda::add_measures(measured, into) : into.is_cpu() ? add_on_host(measured, into) : add_by_operators(measured, into);
  });
}
