// What libtorch_cpu.so asks of NVIDIA's runtime and profiler, on a machine that is to have neither: every call fails, as on one without
// a driver, but the count of devices: there are none. It stands for 5 MB of NVIDIA's libraries, and for their licence, in the release for CPUs.
#define EACH(name, status) \
  int name(void) { return status; }

enum { NO_DEVICE = 100, NOT_INITIALIZED = 15 };  // cudaErrorNoDevice, CUPTI_ERROR_NOT_INITIALIZED

#ifdef RUNTIME
EACH(cudaDeviceSynchronize, NO_DEVICE)
EACH(cudaDriverGetVersion, NO_DEVICE)
EACH(cudaGetDeviceProperties, NO_DEVICE)
EACH(cudaRuntimeGetVersion, NO_DEVICE)
int cudaGetDeviceCount(int *count) {
  *count = 0;  // no error: LibTorch's profiler would print it
  return 0;
}
const char *cudaGetErrorString(int status) { return "this release is for CPUs: there is no CUDA in it"; }
#else
EACH(cuptiActivityDisable, NOT_INITIALIZED)
EACH(cuptiActivityEnable, NOT_INITIALIZED)
EACH(cuptiActivityEnableCudaEventDeviceTimestamps, NOT_INITIALIZED)
EACH(cuptiActivityEnableDriverApi, NOT_INITIALIZED)
EACH(cuptiActivityEnableRuntimeApi, NOT_INITIALIZED)
EACH(cuptiActivityFlushAll, NOT_INITIALIZED)
EACH(cuptiActivityGetNextRecord, NOT_INITIALIZED)
EACH(cuptiActivityGetNumDroppedRecords, NOT_INITIALIZED)
EACH(cuptiActivityPopExternalCorrelationId, NOT_INITIALIZED)
EACH(cuptiActivityPushExternalCorrelationId, NOT_INITIALIZED)
EACH(cuptiActivityRegisterCallbacks, NOT_INITIALIZED)
EACH(cuptiActivityRegisterTimestampCallback, NOT_INITIALIZED)
EACH(cuptiActivitySetAttribute, NOT_INITIALIZED)
EACH(cuptiEnableCallback, NOT_INITIALIZED)
EACH(cuptiEnableDomain, NOT_INITIALIZED)
EACH(cuptiFinalize, NOT_INITIALIZED)
EACH(cuptiSubscribe, NOT_INITIALIZED)
EACH(cuptiUnsubscribe, NOT_INITIALIZED)
int cuptiGetVersion(unsigned *version) {
  *version = 0;
  return NOT_INITIALIZED;
}
int cuptiGetResultString(int status, const char **text) {
  *text = "this release is for CPUs: there is no CUPTI in it";
  return 0;
}
#endif
