// The interface to the streams of whatever GPU there is; see stream.hpp and graph.hpp.
#pragma once
#include <c10/core/impl/VirtualGuardImpl.h>

namespace gobert {
inline c10::impl::VirtualGuardImpl queues() { return c10::impl::VirtualGuardImpl(at::kCUDA); }
}  // namespace gobert
