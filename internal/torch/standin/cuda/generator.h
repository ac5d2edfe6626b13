// Random state of the devices, as CUDA has it: a seed and how far it was used.
#pragma once
#include <ATen/core/Generator.h>

#include <memory>

namespace standin {

const at::Generator &generator(c10::DeviceIndex device);

// A Draw is what an operator takes from the generator: its numbers are a function of these two.
struct Draw {
  uint64_t seed, offset;
};

// A RandomState is what generators may share. A graph reads it from the device's memory, where each replay writes it.
struct RandomState {
  uint64_t seed, offset;
  bool capturing = false;  // by a graph that knows it
  uint64_t inside = 0;     // how far the capture has moved it
  Draw there = {0, 0};
};
std::shared_ptr<RandomState> state_of(const at::Generator &generator);

// A Drawn is a draw, or where a graph finds it.
struct Drawn {
  Draw draw = {0, 0};
  std::shared_ptr<RandomState> state;  // of a graph
  Draw now() const { return state ? Draw{state->there.seed, state->there.offset + draw.offset} : draw; }
};
Drawn draw();

// drawn_on_host is a generator for one operator of the CPU, whose numbers the device's generator determines at this moment.
at::Generator drawn_on_host();

// kept says whether an element survives dropout of a rate under a draw.
bool kept(const Draw &d, uint64_t element, double rate);

}  // namespace standin
