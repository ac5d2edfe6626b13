// CUDA found at run time; see cuda.hpp.
#pragma once
#include <string>

namespace gobert {
// find_cuda loads CUDA if it is there. It comes before every other question to LibTorch.
void find_cuda();

// capability is that of a device in tenths: 90 for 9.0.
int capability(int device);

// library_path is the file that LibTorch was loaded from; see runtime.hpp.
std::string library_path();

// put copies a text to C's memory.
void put(char *to, size_t capacity, const std::string &text);
}  // namespace gobert
