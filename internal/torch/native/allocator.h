// Memory of CPU tensors that is used again.
#pragma once

namespace gobert {
// recycle_memory makes all CPU tensors from now on take their memory from blocks that are kept.
void recycle_memory();
void forget_memory();  // gives idle blocks back
}  // namespace gobert
