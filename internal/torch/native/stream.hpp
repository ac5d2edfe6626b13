// Streams and events of a device, through LibTorch's own interface to them.
#include <c10/core/Event.h>

#include "guard.h"
#include "streams.h"

using namespace gobert;

namespace {

// An Event remembers its device: the stream that it is recorded in, or holds up, is the present one there.
struct Event {
  at::Device device;
  c10::Event point{at::kCUDA};
};

Event &event(gb_event e) { return *static_cast<Event *>(e); }

}  // namespace

gb_error gb_new_stream(int device, int64_t *id) {
  return guarded([&] { *id = queues().getStreamFromGlobalPool(device_of(device)).id(); });
}

gb_error gb_exchange_stream(int device, int64_t id, int64_t *before) {
  return guarded([&] { *before = queues().exchangeStream(c10::Stream(c10::Stream::UNSAFE, device_of(device), id)).id(); });
}

gb_error gb_new_event(gb_event *out, int device) {
  return guarded([&] { *out = new Event{device_of(device)}; });
}

gb_error gb_record_event(gb_event e) {
  return guarded([&] { event(e).point.record(queues().getStream(event(e).device)); });
}

gb_error gb_block_on_event(gb_event e) {
  return guarded([&] { event(e).point.block(queues().getStream(event(e).device)); });
}

gb_error gb_wait_for_event(gb_event e) {
  return guarded([&] { event(e).point.synchronize(); });
}

void gb_free_event(gb_event e) { delete static_cast<Event *>(e); }
