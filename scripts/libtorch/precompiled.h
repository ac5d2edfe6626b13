// The headers of LibTorch that nearly every C++ file of ours begins with, which install-libtorch.sh has the compiler read once for all
// of them: eight of the ten seconds that such a file takes are theirs.
//
// What comes of this lies beside gotch_compat.h, the first header of each file; where it was made for the same compiler and flags, it is
// taken in that header's place. Where not, as for gotch's own C++, the header itself is read, and all is as it was, but slower.
#ifdef GOBERT_READ_HEADERS  // "-D GOBERT_READ_HEADERS" does without
#endif
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
