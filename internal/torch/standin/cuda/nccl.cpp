// libnccl.so.2: the questions that gobert asks of NCCL, between processes of one machine, over sockets. Communicators do not block: what
// they are asked for goes on beside their caller. A peer that is gone says nothing, as a card's does: who waits for it waits until the
// communicator is aborted.
#include <dlfcn.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "settings.h"

namespace {

// The names of results are NCCL's.
enum Result { kSuccess = 0, kUnhandledCudaError = 1, kInvalidArgument = 4, kInvalidUsage = 5, kInProgress = 7 };

using Bytes = std::vector<char>;

// A Peer is the connection with another rank. Messages have their lengths in front.
struct Peer {
  int socket = -1;
  std::mutex mutex;
  std::condition_variable more;
  std::deque<Bytes> out, in;
};

struct Comm {
  std::string name;
  int rank = 0, size = 0;
  std::atomic<int> state{kInProgress};
  std::atomic<bool> aborted{false};
  std::vector<std::unique_ptr<Peer>> peers;
};
using Shared = std::shared_ptr<Comm>;

// name_of is where a rank is met: a socket's name that no file has.
socklen_t name_of(const std::string &name, int rank, sockaddr_un &to) {
  std::memset(&to, 0, sizeof(to));
  to.sun_family = AF_UNIX;
  const std::string path = name + "/" + std::to_string(rank);
  std::memcpy(to.sun_path + 1, path.data(), path.size());
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + path.size());
}

bool all(int socket, void *data, size_t n, bool out) {
  for (auto *at = static_cast<char *>(data); n > 0;) {
    const ssize_t did = out ? send(socket, at, n, MSG_NOSIGNAL) : recv(socket, at, n, 0);
    if (did <= 0) return false;
    at += did, n -= static_cast<size_t>(did);
  }
  return true;
}

void read_all(Shared, Peer *p) {
  for (uint64_t n; all(p->socket, &n, sizeof(n), false);) {
    Bytes message(n);
    if (!all(p->socket, message.data(), n, false)) return;
    std::lock_guard<std::mutex> lock(p->mutex);
    p->in.push_back(std::move(message));
  }
}

void write_all(Shared c, Peer *p) {
  for (;;) {
    std::unique_lock<std::mutex> lock(p->mutex);
    p->more.wait(lock, [&] { return c->aborted || !p->out.empty(); });
    if (c->aborted) return;
    Bytes message = std::move(p->out.front());
    p->out.pop_front();
    lock.unlock();
    uint64_t n = message.size();
    if (!all(p->socket, &n, sizeof(n), true) || !all(p->socket, message.data(), n, true)) return;
  }
}

// meet connects a rank with those before it, and takes those behind it.
void meet(Shared c, int listener) {
  for (int rank = 0; rank < c->rank; rank++) {
    sockaddr_un to;
    const auto length = name_of(c->name, rank, to);
    int s = -1;
    while (!c->aborted) {
      s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (connect(s, reinterpret_cast<sockaddr *>(&to), length) == 0) break;
      close(s), usleep(2000);
    }
    if (c->aborted || !all(s, &c->rank, sizeof(c->rank), true)) return;
    c->peers[static_cast<size_t>(rank)]->socket = s;
  }
  for (int left = c->size - 1 - c->rank; left > 0 && !c->aborted;) {
    pollfd some{listener, POLLIN, 0};
    if (poll(&some, 1, 50) <= 0) continue;
    const int s = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    int rank = -1;
    if (s < 0 || !all(s, &rank, sizeof(rank), false) || rank <= c->rank || rank >= c->size) continue;
    c->peers[static_cast<size_t>(rank)]->socket = s, left--;
  }
  close(listener);
  if (c->aborted) return;
  for (auto &p : c->peers) {
    if (p->socket < 0) continue;
    std::thread(read_all, c, p.get()).detach();
    std::thread(write_all, c, p.get()).detach();
  }
  c->state = kSuccess;
}

// A Transfer is one message, in whose place in a stream a device's memory is read or written.
struct Transfer {
  Shared comm;
  Peer *peer;
  char *data;
  size_t n;
  void *stream;
  bool out;
};

bool ready(void *what) {
  auto *t = static_cast<Transfer *>(what);
  std::lock_guard<std::mutex> lock(t->peer->mutex);
  return t->out || t->comm->aborted || !t->peer->in.empty();
}

void work(void *what) {
  std::unique_ptr<Transfer> t(static_cast<Transfer *>(what));
  if (t->comm->aborted) return;
  Peer &p = *t->peer;
  std::lock_guard<std::mutex> lock(p.mutex);
  if (t->out) {
    p.out.emplace_back(t->data, t->data + t->n);
    p.more.notify_one();
    return;
  }
  if (p.in.front().size() != t->n) {
    std::fprintf(stderr, "stand-in: rank %d receives %zu bytes, and was sent %zu\n", t->comm->rank, t->n, p.in.front().size());
    t->comm->state = kInvalidUsage;
  } else {
    std::memcpy(t->data, p.in.front().data(), t->n);
  }
  p.in.pop_front();
}

thread_local int depth = 0;
thread_local std::vector<std::unique_ptr<Transfer>> asked;

// put brings a group's transfers into their streams: what is sent first, so that no two ranks wait for each other.
int put() {
  using Put = int (*)(void *, void *, bool (*)(void *), void (*)(void *), void *);
  static const auto transfer = reinterpret_cast<Put>(dlsym(RTLD_DEFAULT, "standin_transfer"));
  int result = transfer ? kSuccess : kUnhandledCudaError;
  for (const bool out : {true, false})
    for (auto &t : asked)
      if (t && t->out == out && result == kSuccess) {
        auto *one = t.release();
        if (transfer(one->stream, one->data, ready, work, one) != 0) result = kUnhandledCudaError;
      }
  asked.clear();
  return result;
}

int ask(void *data, size_t n, int type, int peer, void *comm, void *stream, bool out) {
  const Shared &c = *static_cast<Shared *>(comm);
  if (type != 0 || peer < 0 || peer >= c->size || peer == c->rank) return kInvalidArgument;
  if (c->state != kSuccess) return c->state;
  asked.push_back(std::make_unique<Transfer>(Transfer{c, c->peers[static_cast<size_t>(peer)].get(), static_cast<char *>(data), n, stream, out}));
  return depth > 0 ? kSuccess : put();
}

}  // namespace

extern "C" {

struct Id {
  char bytes[128];
};

struct Config {
  size_t size;
  unsigned magic, version;
  int blocking;
};

int ncclGetVersion(int *version) {
  *version = standin::settings().nccl;
  return kSuccess;
}

int ncclGetUniqueId(Id *id) {
  static std::atomic<int> given{0};
  std::memset(id, 0, sizeof(*id));
  std::snprintf(id->bytes, sizeof(id->bytes), "gobert-standin-nccl/%d/%d", getpid(), given++);
  return kSuccess;
}

int ncclCommInitRankConfig(void **comm, int size, Id id, int rank, Config *config) {
  if (!config || config->magic != 0xcafebeef || config->blocking != 0 || rank < 0 || rank >= size) return kInvalidArgument;
  auto c = std::make_shared<Comm>();
  c->name = id.bytes, c->rank = rank, c->size = size;
  for (int i = 0; i < size; i++) c->peers.push_back(std::make_unique<Peer>());
  sockaddr_un here;
  const auto length = name_of(c->name, rank, here);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener, reinterpret_cast<sockaddr *>(&here), length) != 0 || listen(listener, size) != 0) return kInvalidUsage;
  *comm = new Shared(c);
  std::thread(meet, c, listener).detach();
  return kInProgress;
}

int ncclCommGetAsyncError(void *comm, int *state) {
  *state = (*static_cast<Shared *>(comm))->state;
  return kSuccess;
}

int ncclCommAbort(void *comm) {
  std::unique_ptr<Shared> held(static_cast<Shared *>(comm));
  const Shared &c = *held;
  c->aborted = true;
  for (auto &p : c->peers) {
    std::lock_guard<std::mutex> lock(p->mutex);
    p->more.notify_all();
    if (p->socket >= 0) shutdown(p->socket, SHUT_RDWR);
  }
  return kSuccess;
}

int ncclGroupStart() {
  depth++;
  return kSuccess;
}

int ncclGroupEnd() { return --depth == 0 ? put() : kSuccess; }

int ncclSend(const void *from, size_t n, int type, int peer, void *comm, void *stream) {
  return ask(const_cast<void *>(from), n, type, peer, comm, stream, true);
}

int ncclRecv(void *to, size_t n, int type, int peer, void *comm, void *stream) { return ask(to, n, type, peer, comm, stream, false); }

const char *ncclGetErrorString(int result) {
  return result == kSuccess ? "no error" : result == kInvalidUsage ? "invalid usage" : result == kInvalidArgument ? "invalid argument" : "unhandled cuda error";
}

const char *ncclGetLastError(void *) { return ""; }

}  // extern "C"
