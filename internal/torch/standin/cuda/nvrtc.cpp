// libnvrtc.so.13: a compiler for the stand-in, whose kernels are compiled already (see launch.cpp). It checks that it is given a
// text and an architecture.
#include <cstring>
#include <string>

#include "settings.h"

namespace {
struct Program {
  std::string text, cubin;
};
constexpr int kInvalidOption = 5, kCompilation = 6;
}  // namespace

extern "C" {

// No version of NVIDIA's: what is compiled here must not be taken for what is compiled there.
int nvrtcVersion(int *major, int *minor) {
  *major = 0, *minor = 1;
  return 0;
}

int nvrtcCreateProgram(void **program, const char *text, const char *, int, const char *const *, const char *const *) {
  *program = new Program{text, ""};
  return 0;
}

int nvrtcCompileProgram(void *program, int count, const char *const *options) {
  auto *p = static_cast<Program *>(program);
  const std::string architecture = "--gpu-architecture=";
  for (int i = 0; i < count; i++)
    if (std::string(options[i]).rfind(architecture, 0) == 0) p->cubin = "stand-in " + std::string(options[i] + architecture.size());
  if (p->cubin.empty()) return kInvalidOption;
  return standin::settings().refuse || p->text.find("GOBERT_KERNEL(") == std::string::npos ? kCompilation : 0;
}

int nvrtcGetProgramLogSize(void *, size_t *size) {
  *size = 1;
  return 0;
}

int nvrtcGetProgramLog(void *, char *log) {
  *log = 0;
  return 0;
}

int nvrtcGetCUBINSize(void *program, size_t *size) {
  *size = static_cast<Program *>(program)->cubin.size() + 1;
  return 0;
}

int nvrtcGetCUBIN(void *program, char *cubin) {
  std::strcpy(cubin, static_cast<Program *>(program)->cubin.c_str());
  return 0;
}

int nvrtcDestroyProgram(void **program) {
  delete static_cast<Program *>(*program);
  return 0;
}

const char *nvrtcGetErrorString(int code) { return code == kInvalidOption ? "no architecture was given" : "the text has no kernel, or none is wanted"; }

}  // extern "C"
