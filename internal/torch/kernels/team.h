// Threads of our own for passes without gradients, which wait for nobody.
//
// OpenMP's threads meet at the end of every loop; where other programs take a core away, each meeting waits for that core to come back.
// Here work is a list of steps, cut in chunks, that every thread walks by itself. It takes the next chunk of a step; where none is left
// it soon computes again what another one has begun and not ended, and goes on: a thread without a core keeps nobody, and costs a chunk.
// A chunk that is computed twice is written twice, with the same bits. So a step must not write what it, or an earlier step, reads.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace gobert {

// Step is a part of the work that needs all earlier ones.
struct Step {
  int64_t chunks;
  std::function<void(int64_t chunk, float *scratch)> compute;
  int64_t vacated = -1;  // the step that every thread must have left, because this one writes where that one and earlier ones did
};

struct Steps {
  std::vector<Step> list;
  int64_t scratch = 0;  // floats that a chunk needs for itself
  double products = 0;  // multiplications: few of them are not worth a second thread

  // keep holds on to the memory that steps read and write: a thread may come back to a chunk when all the work is done.
  template <typename T>
  void keep(T what) {
    kept.push_back(std::make_shared<T>(std::move(what)));
  }
  std::vector<std::shared_ptr<const void>> kept;

  void add(int64_t chunks, std::function<void(int64_t, float *)> compute, int64_t vacated = -1) {
    list.push_back({chunks, std::move(compute), vacated});
  }
};

// perform returns when every chunk is done, by as many threads as LibTorch may use. True: others took part. What the steps wrote may then be
// written once more afterwards, with the same bits, so it is to be copied, not handed on.
bool perform(Steps steps);

// settle waits until no thread is in work that is done, and forgets what that held on to: memory that is not ours may go away then.
void settle();

}  // namespace gobert
