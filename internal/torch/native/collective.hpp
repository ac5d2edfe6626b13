// LibTorch's distributed engine: TCPStore for the meeting, ProcessGroupGloo for what is sent. Everything goes through send and
// receive, which alone can be given up halfway, and which leave the order of sums to us.
#include "collective.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>

// The header includes Gloo's, which are not there: gloo/*.h beside this file stand for them.
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <c10/util/Logging.h>

#include "guard.h"

using namespace gobert;
using std::chrono::milliseconds;

namespace {

// A Store's calls are not safe from several threads where one of them changes the timeout: they take turns.
struct Store {
  c10::intrusive_ptr<c10d::Store> store;
  std::mutex turn;
};

// Quiet keeps SIGPIPE from the threads that are begun while it lives: they write to processes that may be gone, and outside of Go's own
// threads that signal ends the process.
struct Quiet {
  sigset_t before;
  Quiet() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
  }
  ~Quiet() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
};

struct Group {
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
  std::mutex turn;  // ProcessGroupGloo counts what it begins without a lock
};

struct Work {
  c10::intrusive_ptr<c10d::Work> send, receive;
};

using Bytes = std::vector<uint8_t>;

Bytes bytes(const void *value, size_t n) {
  auto *first = static_cast<const uint8_t *>(value);
  return Bytes(first, first + n);
}

void hand_over(const Bytes &from, char **value, size_t *n) {
  *n = from.size();
  *value = static_cast<char *>(malloc(from.size() + 1));
  memcpy(*value, from.data(), from.size());
}

// asked calls f with the store, in turn.
template <typename F>
gb_error asked(gb_store s, F &&f) {
  return guarded([&] {
    auto &store = *static_cast<Store *>(s);
    std::lock_guard<std::mutex> lock(store.turn);
    f(*store.store);
  });
}

at::Tensor block(gb_tensor t, int64_t from, int64_t n) {
  const at::Tensor &flat = ref(t);
  TORCH_CHECK(flat.device().is_cpu(), "Gloo carries memory of the host, not of ", flat.device());
  TORCH_CHECK(flat.dim() == 1 && flat.is_contiguous() && from >= 0 && n >= 0 && from + n <= flat.size(0), "[", from, ", ", from + n,
              ") is no block of a flat tensor of ", flat.numel(), " elements");
  return at::from_blob(static_cast<char *>(flat.data_ptr()) + from * flat.element_size(), {n}, [keep = flat](void *) {}, flat.options());
}

}  // namespace

gb_error gb_new_store(gb_store *out, const char *host, int port, int listener, const char *prefix, int64_t timeout_ms) {
  return guarded([&] {
    // c10d warns of names that do not resolve backwards, which nothing needs. Whoever sets LibTorch's variable has it as they like.
    if (!getenv("TORCH_CPP_LOG_LEVEL")) FLAGS_caffe2_log_level = std::max(FLAGS_caffe2_log_level, 2);
    Quiet threads;
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = listener >= 0;
    if (listener >= 0) options.masterListenFd = listener;
    options.waitWorkers = false;
    options.timeout = milliseconds(timeout_ms);
    auto tcp = c10::make_intrusive<c10d::TCPStore>(host, options);
    *out = new Store{c10::make_intrusive<c10d::PrefixStore>(prefix, tcp)};
  });
}

gb_error gb_store_set(gb_store s, const char *key, const void *value, size_t n) {
  return asked(s, [&](c10d::Store &store) { store.set(key, bytes(value, n)); });
}

gb_error gb_store_get(gb_store s, const char *key, char **value, size_t *n) {
  return asked(s, [&](c10d::Store &store) {
    *value = nullptr;
    *n = 0;
    if (store.check({key})) hand_over(store.get(key), value, n);
  });
}

gb_error gb_store_add(gb_store s, const char *key, int64_t delta, int64_t *sum) {
  return asked(s, [&](c10d::Store &store) { *sum = store.add(key, delta); });
}

gb_error gb_store_claim(gb_store s, const char *key, const void *mine, size_t mine_n, char **value, size_t *n) {
  return asked(s, [&](c10d::Store &store) { hand_over(store.compareSet(key, Bytes(), bytes(mine, mine_n)), value, n); });
}

void gb_free_store(gb_store s) { delete static_cast<Store *>(s); }

gb_error gb_new_group(gb_group *out, gb_store s, int rank, int size, const char *address, int64_t connect_ms) {
  return guarded([&] {
    Quiet threads;
    auto options = c10d::ProcessGroupGloo::Options::create(milliseconds(connect_ms));
    if (*address) {
      options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
    } else {
      options->devices = c10d::ProcessGroupGloo::Options::create_default()->devices;
    }
    options->threads = 1;  // for collectives of Gloo's own, which are not used
    auto store = c10::make_intrusive<c10d::PrefixStore>("gloo", static_cast<Store *>(s)->store);
    auto group = std::make_unique<Group>();
    group->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
    *out = group.release();
  });
}

void gb_free_group(gb_group g) { delete static_cast<Group *>(g); }

gb_error gb_exchange(gb_work *out, gb_group g, int peer, int tag, gb_tensor source, int64_t from, int64_t n, gb_tensor target,
                     int64_t to, int64_t m) {
  return guarded([&] {
    auto &group = *static_cast<Group *>(g);
    auto work = std::make_unique<Work>();
    std::lock_guard<std::mutex> lock(group.turn);
    if (m > 0) {  // first, so that what comes finds its place
      std::vector<at::Tensor> in{block(target, to, m)};
      work->receive = group.gloo->recv(in, peer, tag);
    }
    if (n > 0) {
      std::vector<at::Tensor> away{block(source, from, n)};
      work->send = group.gloo->send(away, peer, tag);
    }
    *out = work.release();
  });
}

// Nothing but an abort ends a wait: who is late and who is gone is decided above, and Gloo would close all connections.
gb_error gb_wait_for_work(gb_work w, bool *whole) {
  return guarded([&] {
    auto &work = *static_cast<Work *>(w);
    auto forever = std::chrono::hours(24 * 365);
    *whole = (!work.receive || work.receive->wait(forever)) && (!work.send || work.send->wait(forever));
  });
}

void gb_abort_work(gb_work w) {
  auto &work = *static_cast<Work *>(w);
  if (work.receive) work.receive->abort();
  if (work.send) work.send->abort();
}

void gb_free_work(gb_work w) { delete static_cast<Work *>(w); }

gb_error gb_add_block(gb_tensor a, int64_t from, gb_tensor b, int64_t n, bool b_first) {
  return guarded([&] {
    at::Tensor sums = block(a, from, n), other = block(b, 0, n);
    TORCH_CHECK(sums.scalar_type() == at::kFloat && other.scalar_type() == at::kFloat, "sums are taken of float32");
    float *__restrict x = sums.data_ptr<float>();
    const float *__restrict y = other.data_ptr<float>();
    if (b_first) {
      for (int64_t i = 0; i < n; i++) x[i] = y[i] + x[i];
    } else {
      for (int64_t i = 0; i < n; i++) x[i] = x[i] + y[i];
    }
  });
}
