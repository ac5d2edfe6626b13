// Which core computes: see cores.cpp.
#pragma once
#include "core.h"

namespace gobert::int8 {
const Core &core();
}  // namespace gobert::int8
