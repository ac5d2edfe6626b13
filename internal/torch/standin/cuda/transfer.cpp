// Work of a stream that waits for another device: nccl.cpp asks for it here.
#include "memory.h"
#include "queue.h"

extern "C" {

// standin_transfer puts work into a stream of the current device, on the memory of the device that touched lies in, which may be null. It is
// done as soon as the stream has come to it and ready says so. Both are called with what, which stays for them.
int standin_transfer(void *stream, void *touched, bool (*ready)(void *), void (*work)(void *), void *what) {
  constexpr int kLaunchFailed = 719;  // CUDA_ERROR_LAUNCH_FAILED
  if (standin::ended()) return kLaunchFailed;
  standin::Seen seen;
  seen.containing(touched);
  const auto device = standin::current_device();
  const auto before = standin::exchange(c10::Stream(c10::Stream::UNSAFE, c10::Device(c10::kCUDA, device), reinterpret_cast<c10::StreamId>(stream)));
  standin::when(device, std::move(seen), [ready, what] { return ready(what); }, [work, what] { work(what); });
  standin::exchange(before);
  return 0;
}

}  // extern "C"
