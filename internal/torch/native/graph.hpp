// A step's launches as one: a CUDA graph, by LibTorch's own class for it. The class lives in the library that is found at run time,
// so its functions are found by their names, and an object of it lies in room that is large enough.
#include "graph.h"

#include <c10/core/Event.h>
#include <dlfcn.h>

#include <atomic>
#include <mutex>

#include "device_attention.h"
#include "guard.h"
#include "streams.h"

using namespace gobert;

namespace {

template <typename F>
F entry(const char *name) {
  auto found = reinterpret_cast<F>(dlsym(RTLD_DEFAULT, name));
  TORCH_CHECK(found, "LibTorch's CUDA library has no ", name);
  return found;
}

// kRoom is several times what an at::cuda::CUDAGraph of LibTorch 2.11 takes.
constexpr size_t kRoom = 1024;
constexpr int kThreadLocal = 1;  // cudaStreamCaptureModeThreadLocal

// Graph is an at::cuda::CUDAGraph, and the generators that its attentions draw from: each has one, so that it can be put into the
// state that seed, step and layer determine before each replay.
struct Graph {
  alignas(64) char room[kRoom];
  at::Device device;
  std::vector<at::Generator> generators;
  std::vector<Dropout> draws;
  at::Generator own;    // of the device, while something is recorded
  c10::Stream before;

  explicit Graph(at::Device d) : device(d), before(c10::Stream::DEFAULT, d) {
    entry<void (*)(void *, bool)>("_ZN2at4cuda9CUDAGraphC1Eb")(room, false);
  }
  ~Graph() { entry<void (*)(void *)>("_ZN2at4cuda9CUDAGraphD1Ev")(room); }
};

Graph *recording = nullptr;
std::atomic<int64_t> drawn{0};

at::Generator device_generator(const at::Device &device) { return at::globalContext().defaultGenerator(device); }

// onto makes one stream of a device the present one, behind what the other was asked.
c10::Stream onto(const c10::Stream &to) {
  c10::Event point(at::kCUDA);
  point.record(queues().getStream(to.device()));
  const auto before = queues().exchangeStream(to);
  point.block(to);
  return before;
}

void leave(Graph &g) {
  recording = nullptr;
  device_generator(g.device).graphsafe_set_state(g.own);
  onto(g.before);
}

}  // namespace

namespace gobert {

bool settle_in_graph(const at::Device &device, const Dropout &dropout) {
  drawn++;
  if (!recording) return false;
  auto &g = *recording;
  TORCH_CHECK(g.draws.size() < g.generators.size(), "a recorded step draws more often than the step before");
  device_generator(device).graphsafe_set_state(g.generators[g.draws.size()]);
  g.draws.push_back(dropout);
  return true;
}

void refuse_in_graph(const char *what) {
  TORCH_CHECK(!recording, what, " depends on the step as the host knows it: it cannot be recorded");
}

}  // namespace gobert

int64_t gb_draws(void) { return drawn; }

gb_error gb_record(gb_graph *out, int device, int64_t draws) {
  return guarded([&] {
    auto g = std::make_unique<Graph>(device_of(device));
    const auto own = device_generator(g->device);
    g->own = own.graphsafe_get_state();
    for (int64_t i = 0; i < draws; i++) {
      g->generators.push_back(own.clone());
      entry<void (*)(void *, const at::Generator &)>("_ZN2at4cuda9CUDAGraph24register_generator_stateERKNS_9GeneratorE")(g->room, g->generators.back());
    }
    g->before = onto(queues().getStreamFromGlobalPool(g->device));
    try {
      using Begin = void (*)(void *, std::pair<unsigned long long, unsigned long long>, int);
      entry<Begin>("_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode")(g->room, {0, 0}, kThreadLocal);
    } catch (...) {
      leave(*g);
      throw;
    }
    recording = g.get();
    *out = g.release();
  });
}

gb_error gb_end_record(gb_graph graph, bool keep) {
  auto *g = static_cast<Graph *>(graph);
  const auto fault = guarded([&] { entry<void (*)(void *)>("_ZN2at4cuda9CUDAGraph11capture_endEv")(g->room); });
  const auto left = guarded([&] { leave(*g); });
  if (keep) return fault ? fault : left;
  free(fault);
  return left;
}

gb_error gb_replay(gb_graph graph, uint64_t step) {
  return guarded([&] {
    auto &g = *static_cast<Graph *>(graph);
    for (size_t i = 0; i < g.draws.size(); i++) {
      auto d = g.draws[i];
      d.site += step;
      std::lock_guard<std::mutex> lock(g.generators[i].mutex());
      g.generators[i].set_current_seed(attention_seed(d));
    }
    entry<void (*)(void *)>("_ZN2at4cuda9CUDAGraph6replayEv")(g.room);
  });
}

void gb_free_graph(gb_graph graph) { delete static_cast<Graph *>(graph); }
