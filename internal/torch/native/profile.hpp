#include "profile.h"

#include <torch/csrc/autograd/profiler_kineto.h>

#include <set>

#include "guard.h"

namespace profiler = torch::autograd::profiler;
using torch::profiler::impl::ActivityType;
using torch::profiler::impl::ProfilerConfig;
using torch::profiler::impl::ProfilerState;

char *gb_profile_begin(bool cuda) {
  return gobert::guarded([&] {
    std::set<ActivityType> activities{ActivityType::CPU};
    if (cuda) activities.insert(ActivityType::CUDA);
    const ProfilerConfig config(ProfilerState::KINETO);
    profiler::prepareProfiler(config, activities);
    profiler::enableProfiler(config, activities);
  });
}

char *gb_profile_end(const char *file) {
  return gobert::guarded([&] { profiler::disableProfiler()->save(file); });
}
