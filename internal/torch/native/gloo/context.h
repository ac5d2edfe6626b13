// What LibTorch's ProcessGroupGloo.hpp needs to know of Gloo, whose own headers no LibTorch comes with: types that it only points to,
// and the store that it derives one from. Nothing of it is made or called by us: the code is LibTorch's.
#pragma once
#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

namespace transport {
class UnboundBuffer {
 public:
  virtual ~UnboundBuffer() = 0;
};
}  // namespace transport

}  // namespace gloo
