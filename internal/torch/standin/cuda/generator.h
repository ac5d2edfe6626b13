// Random state of the devices, as CUDA has it: a seed and how far it was used.
#pragma once
#include <ATen/core/Generator.h>

namespace standin {

const at::Generator &generator(c10::DeviceIndex device);

// A Draw is what an operator takes from the generator: its numbers are a function of these two.
struct Draw {
  uint64_t seed, offset;
};
Draw draw();

// drawn_on_host is a generator for one operator of the CPU, whose numbers the device's generator determines at this moment.
at::Generator drawn_on_host();

// kept says whether an element survives dropout of a rate under a draw.
bool kept(const Draw &d, uint64_t element, double rate);

}  // namespace standin
