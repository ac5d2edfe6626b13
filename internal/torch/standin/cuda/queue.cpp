// A stream's work is done in its order, and as late as CUDA could do it: when the host waits for the stream, when another one that
// is waited for waits for it in turn, and when too much is queued. Who reads without waiting, changes what a copy has yet to read,
// or lacks an event between two streams, gets wrong numbers, each time. With $GOBERT_STANDIN's "shuffle" streams also go on by
// themselves, by chance, which shows what being late hides. The thread that waits does the work.
#include "queue.h"

#include <ATen/EmptyTensor.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <random>

#include "counts.h"
#include "memory.h"
#include "settings.h"

namespace standin {
namespace {

struct Queue {
  std::deque<Piece> pieces;
  uint64_t done = 0;
};

// kMost is how much may be queued; CUDA's host waits, too, when a thousand launches are outstanding.
constexpr size_t kMost = 4096;

struct Streams {
  std::mutex mutex;              // of what is below
  std::recursive_mutex working;  // held by the thread that works
  std::map<std::pair<c10::DeviceIndex, c10::StreamId>, Queue> queues;
  std::mt19937_64 chance{static_cast<uint64_t>(settings().shuffle)};
};

Streams &streams() {
  static auto *s = new Streams;
  return *s;
}

Queue &queue_of(Streams &s, c10::DeviceIndex device, c10::StreamId id) { return s.queues[{device, id}]; }

std::atomic<bool> over{false};

// perform does a piece. An exception is an error of the device, which is over then: what is left is not done.
void perform(Piece &piece) {
  if (over || !piece.work) return;
  Open open;
  for (void *data : piece.blocks) open.block(data);
  c10::NoGradGuard no_grad;
  at::AutoDispatchBelowADInplaceOrView below;
  try {
    piece.work();
  } catch (const c10::Error &e) {
    std::fprintf(stderr, "stand-in: %s\n", e.what_without_backtrace());
    over = true;
  } catch (const std::exception &e) {
    std::fprintf(stderr, "stand-in: %s\n", e.what());
    over = true;
  }
}

// work_to does a stream's work up to a place. Work that waits for another device ends it before, or is waited for: others work meanwhile.
bool work_to(const Place &place, bool wait = true) {
  Streams &s = streams();
  std::unique_lock<std::recursive_mutex> alone(s.working);
  for (;;) {
    Piece next;
    {
      std::lock_guard<std::mutex> lock(s.mutex);
      Queue &q = queue_of(s, place.device, place.stream);
      if (q.done >= place.number || q.pieces.empty()) return true;
      next = q.pieces.front();
    }
    if (next.work ? next.ready && !over && !next.ready() : !work_to(next.awaited, false)) {
      if (!wait) return false;
      alone.unlock();
      usleep(200);
      alone.lock();
      continue;
    }
    {
      std::lock_guard<std::mutex> lock(s.mutex);
      queue_of(s, place.device, place.stream).pieces.pop_front();
    }
    perform(next);
    std::lock_guard<std::mutex> lock(s.mutex);
    queue_of(s, place.device, place.stream).done++;
  }
}

Place place_after(c10::DeviceIndex device, c10::StreamId id, uint64_t pieces) {
  Streams &s = streams();
  std::lock_guard<std::mutex> lock(s.mutex);
  Queue &q = queue_of(s, device, id);
  return {device, id, q.done + std::min<uint64_t>(pieces, q.pieces.size())};
}

// stroll lets a stream that chance picks go on by itself, some way.
void stroll() {
  Streams &s = streams();
  Place to;
  {
    std::lock_guard<std::mutex> lock(s.mutex);
    if (s.chance() % 4 != 0) return;
    auto at = s.queues.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(s.chance() % s.queues.size()));
    to = {at->first.first, at->first.second, at->second.done + s.chance() % 16};
  }
  work_to(to, false);
}

// captured is what is being recorded.
std::atomic<Recording *> captured{nullptr};

void put(c10::Stream stream, Piece piece) {
  if (Recording *r = captured; r && r->stream == stream) {
    TORCH_CHECK(piece.work || piece.awaited.stream == stream.id(),
                "CUDA error: dependency created on uncaptured work in another stream");
    if (piece.work) r->pieces.push_back(std::move(piece));
    return;
  }
  Streams &s = streams();
  size_t length;
  {
    std::lock_guard<std::mutex> lock(s.mutex);
    Queue &q = queue_of(s, stream.device_index(), stream.id());
    q.pieces.push_back(std::move(piece));
    length = q.pieces.size();
  }
  if (length > kMost) work_to(place_after(stream.device_index(), stream.id(), length - kMost));
  if (settings().shuffle != 0) stroll();
}

// Each thread has a present stream of each device; the default one is number 0.
thread_local std::vector<c10::StreamId> streams_here;

c10::StreamId &stream_here(c10::DeviceIndex device) {
  streams_here.resize(static_cast<size_t>(std::max(1, settings().devices)));
  return streams_here.at(static_cast<size_t>(device));
}

c10::Stream numbered(c10::DeviceIndex device, c10::StreamId id) {
  return c10::Stream(c10::Stream::UNSAFE, c10::Device(c10::kCUDA, device), id);
}

}  // namespace

at::Tensor Seen::host(const at::Tensor &t) {
  if (!t.defined() || !t.is_cuda()) return t;
  block(t.storage().unsafeGetStorageImpl()->mutable_data());
  const auto options = at::TensorOptions().dtype(t.scalar_type()).device(at::kCPU);
  auto out = at::for_blob(t.unsafeGetTensorImpl()->mutable_data(), t.sizes()).strides(t.strides()).options(options).make_tensor();
  if (t.unsafeGetTensorImpl()->is_wrapped_number()) out.unsafeGetTensorImpl()->set_wrapped_number(true);
  return out;
}

void Seen::block(void *data) {
  if (data) blocks_.push_back(data);
}

void Seen::containing(void *data) {
  if (void *begin = block_in_use(data)) blocks_.push_back(begin);
}

void later(c10::DeviceIndex device, Seen seen, std::function<void()> work) {
  check();
  put(present(device), {std::move(seen.blocks_), std::move(work), {}});
}

void when(c10::DeviceIndex device, Seen seen, std::function<bool()> ready, std::function<void()> work) {
  check();
  put(present(device), {std::move(seen.blocks_), std::move(work), {}, std::move(ready)});
}

void fill(c10::DeviceIndex device, Seen seen, void *data, size_t bytes) {
  put(present(device), {std::move(seen.blocks_), [data, bytes] { std::memset(data, 0xFF, bytes); }, {}});
}

void now(c10::DeviceIndex device, Seen seen, std::function<void()> work) {
  synchronise(end_of(present(device)));
  std::lock_guard<std::recursive_mutex> alone(streams().working);
  Open open;
  for (void *data : seen.blocks_) open.block(data);
  c10::NoGradGuard no_grad;
  at::AutoDispatchBelowADInplaceOrView below;
  work();
}

c10::Stream present(c10::DeviceIndex device) { return numbered(device, stream_here(device)); }

c10::Stream exchange(c10::Stream to) {
  const auto before = present(to.device_index());
  stream_here(to.device_index()) = to.id();
  return before;
}

c10::Stream from_pool(c10::DeviceIndex device) {
  constexpr c10::StreamId pool = 32;  // LibTorch's has so many; who asks for more shares one
  static std::atomic<c10::StreamId> given{0};
  return numbered(device, 1 + given++ % pool);
}

void begin_capture(Recording &r, c10::Stream stream) {
  static std::atomic<int> recordings{0};
  TORCH_CHECK(!captured, "stand-in: a capture is under way already");
  r.number = ++recordings;
  r.stream = stream;
  captured = &r;
}

void end_capture(Recording &r) {
  if (captured == &r) captured = nullptr;
}

Recording *capturing() {
  Recording *r = captured;
  return r && r->stream == present(r->stream.device_index()) ? r : nullptr;
}

void refuse() {
  TORCH_CHECK(!capturing(), "CUDA error: operation not permitted when stream is capturing");
}

void again(c10::DeviceIndex device, const Recording &r) {
  check();
  for (const auto &piece : r.pieces) put(present(device), piece);
}

Place end_of(c10::Stream stream) { return place_after(stream.device_index(), stream.id(), UINT64_MAX); }

void wait_in(c10::Stream stream, Place place) { put(stream, {{}, nullptr, place}); }

bool reached(const Place &place) {
  refuse();
  constexpr uint64_t some = 64;
  auto next = place_after(place.device, place.stream, some);
  next.number = std::min(next.number, place.number);
  return work_to(next, false) && next.number >= place.number;
}

bool passed(const Place &place) {
  std::lock_guard<std::mutex> lock(streams().mutex);
  return queue_of(streams(), place.device, place.stream).done >= place.number;
}

void drain(c10::DeviceIndex device) {
  std::vector<c10::StreamId> all;
  {
    std::lock_guard<std::mutex> lock(streams().mutex);
    for (const auto &[key, q] : streams().queues)
      if (key.first == device) all.push_back(key.second);
  }
  for (auto id : all) work_to(place_after(device, id, UINT64_MAX));
}

void synchronise(const Place &place) {
  refuse();
  count(kSynchronisations);
  work_to(place);
  check();
}

void synchronise(c10::DeviceIndex device) {
  refuse();
  count(kSynchronisations);
  drain(device);
  check();
}

void lose() {
  put(present(current_device()), {{}, [] { over = true; }, {}});
}

bool ended() { return over; }

void check() {
  TORCH_CHECK(!over,
              "CUDA error: unspecified launch failure\nCUDA kernel errors might be asynchronously reported at some other API call, so the "
              "stacktrace below might be incorrect.");
}

}  // namespace standin
