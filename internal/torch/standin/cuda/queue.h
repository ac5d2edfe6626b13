// The streams of the devices: queues of work that is done later. See queue.cpp.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Stream.h>

#include <functional>
#include <vector>

namespace standin {

// Seen is memory of the device that work will touch. It keeps none of it alive: what is freed meanwhile is given out again to its
// own stream alone, whose work comes after this.
class Seen {
 public:
  // host is a CPU tensor over the memory of a device's tensor, for work to use; other tensors are themselves.
  at::Tensor host(const at::Tensor &t);
  // containing takes the block in use that an address lies in; other addresses are left alone.
  void containing(void *data);
  void block(void *data);

 private:
  friend void later(c10::DeviceIndex, Seen, std::function<void()>);
  friend void fill(c10::DeviceIndex, Seen, void *, size_t);
  friend void now(c10::DeviceIndex, Seen, std::function<void()>);
  friend void when(c10::DeviceIndex, Seen, std::function<bool()>, std::function<void()>);
  std::vector<void *> blocks_;
};

// later puts work into the present stream of a device. It raises the error of a device that has ended.
void later(c10::DeviceIndex device, Seen seen, std::function<void()> work);

// when is later for work that something outside of the device keeps waiting until ready says so: another device's.
void when(c10::DeviceIndex device, Seen seen, std::function<bool()> ready, std::function<void()> work);

// fill makes memory that was given out NaN, in the present stream, also when the device has ended.
void fill(c10::DeviceIndex device, Seen seen, void *data, size_t bytes);

// now does work behind all that the present stream has to do, and waits for it.
void now(c10::DeviceIndex device, Seen seen, std::function<void()> work);

c10::Stream present(c10::DeviceIndex device);
c10::Stream exchange(c10::Stream to);
c10::Stream from_pool(c10::DeviceIndex device);

// A Place is one between two pieces of work of a stream.
struct Place {
  c10::DeviceIndex device = 0;
  c10::StreamId stream = 0;
  uint64_t number = 0;  // of the pieces before it
};
Place end_of(c10::Stream stream);
void wait_in(c10::Stream stream, Place place);  // the stream waits there
bool reached(const Place &place);               // asked often enough, it becomes true, unless work waits for another device
bool passed(const Place &place);                // by now

// A Piece is work, or waiting for a place of another stream.
struct Piece {
  std::vector<void *> blocks;
  std::function<void()> work;
  Place awaited;
  std::function<bool()> ready;  // whether the work can be done; null: it can
};

// A Recording is what a stream was asked for while it captured; its number, from 1, is that of the memory it works in.
struct Recording {
  int number = 0;
  c10::Stream stream = c10::Stream(c10::Stream::DEFAULT, c10::Device(c10::kCUDA, 0));
  std::vector<Piece> pieces;
};
void begin_capture(Recording &r, c10::Stream stream);  // one at a time
void end_capture(Recording &r);
Recording *capturing();                                 // of the thread's present stream; null mostly
void refuse();                                          // raises CUDA's error while the present stream captures
void again(c10::DeviceIndex device, const Recording &r);  // puts all of it into the present stream

// The host waits. All but the last raise the error of a device that has ended.
void synchronise(const Place &place);
void synchronise(c10::DeviceIndex device);
void drain(c10::DeviceIndex device);  // without counting as a wait of the program's

// lose ends the device, when the present stream comes to this point.
void lose();

// check raises the error of a device that has ended, if that is known by now.
void check();
bool ended();

}  // namespace standin
