// The memory of the devices, which nobody can read outside of an operator: see memory.cpp.
#pragma once
#include <c10/core/CachingDeviceAllocator.h>

#include <vector>

namespace standin {

c10::DeviceAllocator &device_memory();
c10::Allocator &pinned_memory();
bool is_pinned(const void *data);

// give_back makes the memory of a recording everybody's.
void give_back(int recording);

// current_device is the thread's.
c10::DeviceIndex current_device();
void set_current_device(c10::DeviceIndex device);

// Here sets the current device for as long as it lives.
struct Here {
  c10::DeviceIndex before = current_device();
  explicit Here(c10::DeviceIndex device) { set_current_device(device); }
  Here(const Here &) = delete;
  Here &operator=(const Here &) = delete;
  ~Here() { set_current_device(before); }
};

// block_in_use is where the block begins that an address lies in; null where there is none, or it was freed.
void *block_in_use(void *data);

// Open makes blocks readable and writable for as long as it lives.
class Open {
 public:
  Open() = default;
  Open(const Open &) = delete;
  Open &operator=(const Open &) = delete;
  ~Open();
  void block(void *data);  // data is where a block begins; anything else is left alone

 private:
  std::vector<char *> held_;
};

}  // namespace standin
