// NCCL found at run time. A communicator is one that does not block: it is asked now and then how it is, so that one whose other side is
// gone can be given up.
#include "nccl.h"

#include <c10/core/Event.h>
#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "cuda.h"
#include "guard.h"
#include "streams.h"

using namespace gobert;

namespace {

// What nccl.h would declare: the names are NCCL's.
using NcclComm = void *;
using NcclStream = void *;
enum NcclResult { ncclSuccess = 0, ncclInProgress = 7 };
constexpr int ncclInt8 = 0;

struct NcclId {
  char bytes[GB_NCCL_ID];
};

// NcclConfig is that of NCCL 2.14, which later ones complete.
struct NcclConfig {
  size_t size = sizeof(NcclConfig);
  unsigned magic = 0xcafebeef, version = 21400;
  int blocking = 0, rest = INT_MIN;
};

struct Nccl {
  int (*version)(int *);
  int (*id)(NcclId *);
  int (*init)(NcclComm *, int size, NcclId, int rank, NcclConfig *);
  int (*state)(NcclComm, int *);
  int (*abort)(NcclComm);
  int (*send)(const void *, size_t, int type, int peer, NcclComm, NcclStream);
  int (*receive)(void *, size_t, int type, int peer, NcclComm, NcclStream);
  int (*begin)();
  int (*end)();
  const char *(*text)(int);
  const char *(*last)(NcclComm);

  int number = 0;       // of its version
  std::string problem;  // why it cannot be used
};

constexpr int kOldestNccl = 21800;  // communicators that do not block are sound since then

std::string nccl_version(int v) { return std::to_string(v / 10000) + "." + std::to_string(v / 100 % 100) + "." + std::to_string(v % 100); }

Nccl open_nccl(const std::string &named) {
  static const char *const hint = "\nit comes with LibTorch for CUDA: scripts/install-libtorch.sh --cuda";
  Nccl n{};
  void *library = nullptr;
  std::string why;
  const std::string beside = library_path();
  for (const auto &path : named.empty() ? std::vector<std::string>{"libnccl.so.2", beside.substr(0, beside.rfind('/') + 1) + "libnccl.so.2"} : std::vector<std::string>{named}) {
    if ((library = dlopen(path.c_str(), RTLD_NOW))) break;
    const char *said = dlerror();
    if (why.empty()) why = said ? said : path;
  }
  if (!library) {
    n.problem = "NCCL, which connects GPUs, does not load: " + why + hint;
    return n;
  }
  const auto find = [&](auto &entry, const char *name) {
    entry = reinterpret_cast<std::decay_t<decltype(entry)>>(dlsym(library, name));
    if (!entry && n.problem.empty()) n.problem = std::string("NCCL lacks ") + name + hint;
  };
  find(n.version, "ncclGetVersion");
  if (n.version && n.version(&n.number) == ncclSuccess && n.number < kOldestNccl) {
    n.problem = "NCCL " + nccl_version(n.number) + " is too old: expected " + nccl_version(kOldestNccl) + " or later" + hint;
    return n;
  }
  find(n.id, "ncclGetUniqueId");
  find(n.init, "ncclCommInitRankConfig");
  find(n.state, "ncclCommGetAsyncError");
  find(n.abort, "ncclCommAbort");
  find(n.send, "ncclSend");
  find(n.receive, "ncclRecv");
  find(n.begin, "ncclGroupStart");
  find(n.end, "ncclGroupEnd");
  find(n.text, "ncclGetErrorString");
  find(n.last, "ncclGetLastError");
  return n;
}

const Nccl &nccl() {
  static const Nccl *n = new Nccl(open_nccl(""));
  TORCH_CHECK(n->problem.empty(), n->problem);
  return *n;
}

struct Cards {
  at::Device device;
  c10::Stream stream;
  const Nccl &nccl;
  NcclComm comm = nullptr;
  std::mutex turn;                    // of comm
  std::atomic<bool> given_up{false};  // whoever has the turn aborts
};

// Present makes the cards' device and stream the thread's for as long as it lives.
struct Present {
  c10::impl::VirtualGuardImpl impl = queues();
  c10::Device device;
  c10::Stream stream;
  explicit Present(const Cards &c) : device(impl.exchangeDevice(c.device)), stream(impl.exchangeStream(c.stream)) {}
  Present(const Present &) = delete;
  Present &operator=(const Present &) = delete;
  ~Present() {
    impl.exchangeStream(stream);
    impl.uncheckedSetDevice(device);
  }
};

// pause is short at first: most waits are.
void pause(int turns) { turns < 100 ? static_cast<void>(sched_yield()) : static_cast<void>(usleep(turns < 1000 ? 50 : 500)); }

void fine(const Cards &c, int result) {
  if (result == ncclSuccess || result == ncclInProgress) return;
  const char *more = c.nccl.last(c.comm);
  TORCH_CHECK(false, "NCCL: ", c.nccl.text(result), more && *more ? std::string(": ") + more : "");
}

void drop(Cards &c) {
  if (c.comm) c.nccl.abort(c.comm);
  c.comm = nullptr;
}

// begun waits until NCCL has taken what it was asked for; false where it was given up.
bool begun(Cards &c, int result) {
  fine(c, result);
  for (int turns = 0; c.comm; turns++) {
    if (c.given_up) break;
    int state = ncclSuccess;
    fine(c, c.nccl.state(c.comm, &state));
    fine(c, state);
    if (state == ncclSuccess) return true;
    pause(turns);
  }
  drop(c);
  return false;
}

// of_device is where a block lies, and what it takes.
std::pair<char *, size_t> of_device(const Cards &c, gb_tensor t, int64_t from, int64_t n) {
  const at::Tensor &flat = ref(t);
  TORCH_CHECK(flat.device() == c.device, "NCCL carries memory of ", c.device, " here, not of ", flat.device());
  TORCH_CHECK(flat.dim() == 1 && flat.is_contiguous() && from >= 0 && n >= 0 && from + n <= flat.size(0), "[", from, ", ", from + n,
              ") is no block of a flat tensor of ", flat.numel(), " elements");
  const size_t width = flat.element_size();
  return {static_cast<char *>(flat.unsafeGetTensorImpl()->mutable_data()) + static_cast<size_t>(from) * width, static_cast<size_t>(n) * width};
}

Cards &cards(gb_cards c) { return *static_cast<Cards *>(c); }

// in_turn calls f with the cards, their device and stream being present.
template <typename F>
gb_error in_turn(gb_cards h, F &&f) {
  return guarded([&] {
    Cards &c = cards(h);
    std::lock_guard<std::mutex> lock(c.turn);
    Present here(c);
    f(c);
  });
}

}  // namespace

gb_error gb_find_nccl(const char *path, int *version) {
  return guarded([&] {
    const Nccl n = open_nccl(path);
    *version = n.number;
    TORCH_CHECK(n.problem.empty(), n.problem);
  });
}

gb_error gb_nccl_id(char *id) {
  return guarded([&] {
    NcclId made;
    const int result = nccl().id(&made);
    TORCH_CHECK(result == ncclSuccess, "NCCL: ", nccl().text(result));
    memcpy(id, made.bytes, sizeof(made.bytes));
  });
}

gb_error gb_new_cards(gb_cards *out, int device) {
  return guarded([&] {
    at::globalContext().lazyInitDevice(at::kCUDA);
    *out = new Cards{device_of(device), queues().getStreamFromGlobalPool(device_of(device)), nccl()};
  });
}

gb_error gb_join_cards(gb_cards h, const char *id, int rank, int size, bool *whole) {
  return in_turn(h, [&](Cards &c) {
    NcclId known;
    memcpy(known.bytes, id, sizeof(known.bytes));
    NcclConfig config;
    *whole = begun(c, c.nccl.init(&c.comm, size, known, rank, &config));
  });
}

gb_error gb_cards_follow(gb_cards h) {
  return guarded([&] {
    const Cards &c = cards(h);
    c10::Event here{at::kCUDA};
    here.record(queues().getStream(c.device));
    here.block(c.stream);
  });
}

gb_error gb_cards_exchange(gb_cards h, int peer, gb_tensor source, int64_t from, int64_t n, gb_tensor target, int64_t to, int64_t m) {
  return in_turn(h, [&](Cards &c) {
    if (c.given_up) drop(c);
    if (!c.comm) return;  // whoever settles is told
    const NcclStream stream = queues().getStreamNativeHandle(c.stream);
    fine(c, c.nccl.begin());
    int result = ncclSuccess;
    const auto ask = [&](int said) {
      if (result == ncclSuccess && said != ncclInProgress) result = said;
    };
    if (n > 0) {
      const auto [data, bytes] = of_device(c, source, from, n);
      ask(c.nccl.send(data, bytes, ncclInt8, peer, c.comm, stream));
    }
    if (m > 0) {
      const auto [data, bytes] = of_device(c, target, to, m);
      ask(c.nccl.receive(data, bytes, ncclInt8, peer, c.comm, stream));
    }
    ask(c.nccl.end());
    begun(c, result);
  });
}

gb_error gb_cards_add(gb_cards h, gb_tensor a, int64_t from, gb_tensor b, int64_t n, bool b_first) {
  return in_turn(h, [&](Cards &) {
    c10::NoGradGuard no_grad;
    at::Tensor sums = ref(a).narrow(0, from, n);
    const at::Tensor other = ref(b).narrow(0, 0, n);
    TORCH_CHECK(sums.scalar_type() == at::kFloat && other.scalar_type() == at::kFloat, "sums are taken of float32");
    b_first ? at::add_out(sums, other, sums) : sums.add_(other);
  });
}

gb_error gb_settle_cards(gb_cards h, bool *whole) {
  return in_turn(h, [&](Cards &c) {
    c10::Event done{at::kCUDA};
    done.record(c.stream);
    std::string problem;
    for (int turns = 0;; turns++) {
      if (c.given_up) drop(c);  // what waits for others ends
      if (done.query()) break;
      if (c.comm && problem.empty()) {
        try {
          int state = ncclSuccess;
          fine(c, c.nccl.state(c.comm, &state));
          fine(c, state);
        } catch (const c10::Error &e) {
          problem = e.what_without_backtrace();
          c.given_up = true;
        }
      }
      pause(turns);
    }
    TORCH_CHECK(problem.empty(), problem);
    *whole = c.comm != nullptr;
  });
}

void gb_abort_cards(gb_cards h) {
  Cards &c = cards(h);
  c.given_up = true;
  std::unique_lock<std::mutex> lock(c.turn, std::try_to_lock);
  if (lock.owns_lock()) drop(c);
}

void gb_free_cards(gb_cards h) {
  drop(cards(h));
  delete &cards(h);
}
