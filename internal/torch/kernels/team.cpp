#include "team.h"

#include <ATen/Parallel.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace gobert {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kWorthATeam = 1e6;                              // multiplications: some 20 microseconds of one thread
constexpr auto kPatience = std::chrono::microseconds(30);        // with a chunk that somebody else computes, where none was timed
constexpr auto kIdle = std::chrono::microseconds(200);           // before a thread without work sleeps
constexpr int64_t kGone = std::numeric_limits<int64_t>::max();   // the step of a thread that is in none
constexpr int kPauses = 16;                                      // between two looks at the clock

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

void pause_some() {
  for (int i = 0; i < kPauses; i++) pause();
}

// Progress is how far a step is; each in a cache line of its own.
struct alignas(64) Progress {
  std::atomic<int64_t> taken{0}, again{0}, done{0};
};

struct alignas(64) Place {
  std::atomic<int64_t> step{kGone};
};

// Round is one call of perform. All its atomics are sequentially consistent: a thread says which step it enters before it looks whether
// that is done, and whoever reuses memory looks who is where after he saw it done. One of the two sees the other.
class Round {
 public:
  Round(Steps s, int threads) : steps(std::move(s)), progress(steps.list.size()), places(threads) {
    int64_t chunks = 0;
    for (const auto &step : steps.list) {
      first.push_back(chunks);
      chunks += step.chunks;
    }
    finished = std::vector<std::atomic<bool>>(chunks);
  }

  size_t threads() const { return places.size(); }

  // walk goes through the steps as thread number me.
  void walk(size_t me, std::vector<float> &scratch) {
    if (static_cast<int64_t>(scratch.size()) < steps.scratch) scratch.resize(steps.scratch);
    for (int64_t s = front; s < static_cast<int64_t>(steps.list.size()); s++) {
      places[me].step = s;
      if (!complete(s)) work(me, s, scratch.data());
      if (front < s) front = s;  // a hint for who comes later
    }
    places[me].step = kGone;
  }

 private:
  bool complete(int64_t s) const { return progress[s].done == steps.list[s].chunks; }

  void work(size_t me, int64_t s, float *scratch) {
    const auto &step = steps.list[s];
    auto &p = progress[s];
    if (step.vacated >= 0) wait_for_stragglers(me, step.vacated);
    auto patience = Clock::duration(kPatience);
    for (int64_t c; (c = p.taken++) < step.chunks;) {
      const auto start = Clock::now();
      compute(s, c, scratch);
      patience = (Clock::now() - start) * 3 / 2;
    }
    while (!complete(s)) {
      for (const auto until = Clock::now() + patience; !complete(s) && Clock::now() < until;) pause_some();
      for (int64_t tries = step.chunks; tries > 0 && !complete(s); tries--) {
        const int64_t c = p.again++ % step.chunks;
        if (finished[first[s] + c]) continue;
        compute(s, c, scratch);
        break;
      }
    }
  }

  void compute(int64_t s, int64_t chunk, float *scratch) {
    steps.list[s].compute(chunk, scratch);
    if (!finished[first[s] + chunk].exchange(true)) progress[s].done++;
  }

  void wait_for_stragglers(size_t me, int64_t step) {
    for (size_t t = 0; t < places.size(); t++)
      while (t != me && places[t].step <= step) std::this_thread::yield();
  }

  Steps steps;
  std::vector<Progress> progress;
  std::vector<Place> places;
  std::vector<int64_t> first;               // each step's first chunk
  std::vector<std::atomic<bool>> finished;  // by chunk
  std::atomic<int64_t> front{0};
};

// Team is the threads that help the caller. They live until the process ends.
class Team {
 public:
  bool perform(Steps steps) {
    const auto threads = static_cast<size_t>(std::max(1, at::get_num_threads()));
    if (threads == 1 || steps.products < kWorthATeam) {
      static thread_local std::vector<float> alone;  // others may be here at the same time
      Round(std::move(steps), 1).walk(0, alone);
      return false;
    }
    std::lock_guard<std::mutex> one(calls);
    auto round = std::make_shared<Round>(std::move(steps), static_cast<int>(threads));
    while (helpers < threads - 1 && start()) {
    }
    {
      std::lock_guard<std::mutex> lock(mutex);
      current = round;
      number++;
    }
    if (sleeping > 0) wake.notify_all();
    round->walk(0, own);
    {
      std::lock_guard<std::mutex> lock(mutex);
      current.reset();
    }
    // Whoever still is in a round holds on to it; the last one to leave must not free tensors, the next caller does.
    rounds.push_back(std::move(round));
    rounds.erase(std::remove_if(rounds.begin(), rounds.end(), [](const auto &r) { return r.use_count() == 1; }), rounds.end());
    return true;
  }

  void settle() {
    std::lock_guard<std::mutex> one(calls);
    for (const auto &round : rounds)
      while (round.use_count() > 1) std::this_thread::yield();
    rounds.clear();
  }

 private:
  // start says whether there is one helper more: where the system gives no thread, the others do the work.
  bool start() {
    const size_t me = helpers + 1;
    sigset_t all, before;  // signals are for Go's threads
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      std::thread([this, me] { help(me); }).detach();
      helpers = me;
    } catch (const std::system_error &) {
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return helpers == me;
  }

  [[noreturn]] void help(size_t me) {
    std::vector<float> scratch;
    for (uint64_t seen = 0;;) {
      for (const auto until = Clock::now() + kIdle; number == seen && Clock::now() < until;) pause_some();
      std::shared_ptr<Round> round;
      {
        std::unique_lock<std::mutex> lock(mutex);
        sleeping++;
        wake.wait(lock, [&] { return number != seen; });
        sleeping--;
        seen = number;
        round = current;
      }
      if (round && me < round->threads()) round->walk(me, scratch);
    }
  }

  std::mutex calls, mutex;  // one call at a time; what helpers and the caller share
  std::condition_variable wake;
  std::shared_ptr<Round> current;
  std::atomic<uint64_t> number{0};
  std::atomic<int> sleeping{0};
  size_t helpers = 0;
  std::vector<std::shared_ptr<Round>> rounds;  // that somebody may be in
  std::vector<float> own;
};

}  // namespace

namespace {

Team &team() {
  static auto *one = new Team;  // never destroyed: its threads do not end
  return *one;
}

}  // namespace

bool perform(Steps steps) { return team().perform(std::move(steps)); }

void settle() { team().settle(); }

}  // namespace gobert
