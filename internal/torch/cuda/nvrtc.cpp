#include "nvrtc.h"

#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <string>

// The entries of NVRTC that are used. A result of 0 is success.
struct gb_nvrtc {
  int (*version)(int *, int *);
  int (*create)(void **program, const char *source, const char *name, int headers, const char *const *texts, const char *const *names);
  int (*compile)(void *program, int count, const char *const *options);
  int (*log_size)(void *program, size_t *size);
  int (*log)(void *program, char *text);
  int (*cubin_size)(void *program, size_t *size);
  int (*cubin)(void *program, char *bytes);
  int (*destroy)(void **program);
  const char *(*error)(int code);
};

namespace {

template <typename F>
bool find(void *library, const char *name, F &entry) {
  entry = reinterpret_cast<F>(dlsym(library, name));
  return entry != nullptr;
}

}  // namespace

gb_nvrtc *gb_nvrtc_open(const char *library, const char *builtins, char **error) {
  *error = nullptr;
  // NVRTC looks for its builtins by name when it compiles, and does not look beside itself.
  if (builtins) dlopen(builtins, RTLD_NOW | RTLD_GLOBAL);
  void *handle = dlopen(library, RTLD_NOW);
  if (!handle) {
    const char *why = dlerror();
    *error = strdup(why ? why : library);
    return nullptr;
  }
  auto *n = new gb_nvrtc;
  if (find(handle, "nvrtcVersion", n->version) && find(handle, "nvrtcCreateProgram", n->create) && find(handle, "nvrtcCompileProgram", n->compile) &&
      find(handle, "nvrtcGetProgramLogSize", n->log_size) && find(handle, "nvrtcGetProgramLog", n->log) &&
      find(handle, "nvrtcGetCUBINSize", n->cubin_size) && find(handle, "nvrtcGetCUBIN", n->cubin) &&
      find(handle, "nvrtcDestroyProgram", n->destroy) && find(handle, "nvrtcGetErrorString", n->error))
    return n;
  *error = strdup((std::string(library) + " lacks a function that NVRTC should have").c_str());
  delete n;
  return nullptr;
}

int gb_nvrtc_version(gb_nvrtc *n, int *major, int *minor) { return n->version(major, minor); }

int gb_nvrtc_compile(gb_nvrtc *n, const char *source, const char *name, const char **options, int count, void **cubin, size_t *size, char **log) {
  *cubin = nullptr, *size = 0, *log = nullptr;
  void *program = nullptr;
  int code = n->create(&program, source, name, 0, nullptr, nullptr);
  if (code == 0) {
    code = n->compile(program, count, options);
    size_t length = 0;
    if (n->log_size(program, &length) == 0 && length > 1) {
      *log = static_cast<char *>(calloc(length + 1, 1));
      n->log(program, *log);
    }
    if (code == 0) code = n->cubin_size(program, size);
    if (code == 0) {
      *cubin = malloc(*size);
      code = n->cubin(program, static_cast<char *>(*cubin));
    }
    n->destroy(&program);
  }
  if (code != 0 && !*log) *log = strdup(n->error(code));
  return code;
}
