// CUDA's graphs: what a stream is asked for while it captures is kept, and asked for again at each replay, on the same memory. What
// CUDA refuses while it captures is refused: waiting, reading the device, copies from and to the host, events of streams that do not
// take part, random numbers of a generator that the graph does not know. Memory that is allocated meanwhile goes to nobody else.
#include <map>

#include "counts.h"
#include "generator.h"
#include "memory.h"
#include "queue.h"

enum cudaStreamCaptureMode { cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal, cudaStreamCaptureModeRelaxed };

// The class that LibTorch has, by the functions of it that gobert calls.
namespace at::cuda {

struct CUDAGraph {
  explicit CUDAGraph(bool keep);
  ~CUDAGraph();
  void register_generator_state(const at::Generator &generator);
  void capture_begin(std::pair<unsigned long long, unsigned long long> pool, cudaStreamCaptureMode mode);
  void capture_end();
  void replay();

  struct Inside;
  Inside *inside;
};

struct CUDAGraph::Inside {
  standin::Recording recording;
  std::map<std::shared_ptr<standin::RandomState>, uint64_t> generators;  // and how far a replay moves each
};

CUDAGraph::CUDAGraph(bool) : inside(new Inside) {}

CUDAGraph::~CUDAGraph() {
  standin::end_capture(inside->recording);
  standin::give_back(inside->recording.number);
  delete inside;
}

void CUDAGraph::register_generator_state(const at::Generator &generator) {
  standin::refuse();
  inside->generators.emplace(standin::state_of(generator), 0);
}

void CUDAGraph::capture_begin(std::pair<unsigned long long, unsigned long long>, cudaStreamCaptureMode) {
  const auto device = standin::current_device();
  TORCH_CHECK(inside->recording.number == 0, "This CUDAGraph instance already owns a captured graph.");
  TORCH_CHECK(standin::present(device).id() != 0, "CUDA graphs must be captured on a non-default stream.");
  register_generator_state(standin::generator(device));
  for (auto &[state, moved] : inside->generators) state->capturing = true, state->inside = 0;
  standin::begin_capture(inside->recording, standin::present(device));
}

void CUDAGraph::capture_end() {
  TORCH_CHECK(standin::capturing() == &inside->recording, "Capture must end on the same stream it began on.");
  standin::end_capture(inside->recording);
  for (auto &[state, moved] : inside->generators) state->capturing = false, moved = state->inside;
}

void CUDAGraph::replay() {
  TORCH_CHECK(!inside->recording.pieces.empty(), "Called CUDAGraph::replay without a preceding successful capture.");
  const auto device = standin::current_device();
  for (auto &[state, moved] : inside->generators) {
    for (int i = 0; i < 2; i++) standin::operated("aten::fill_");  // its seed and its offset
    standin::later(device, {}, [state = state, seed = state->seed, offset = state->offset] { state->there = {seed, offset}; });
    state->offset += moved;
  }
  standin::operated("cuda::graph");
  standin::again(device, inside->recording);
}

}  // namespace at::cuda
