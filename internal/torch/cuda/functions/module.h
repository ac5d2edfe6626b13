// What a launch needs of the driver: modules of compiled kernels, their functions, and the start of one.
#pragma once

namespace gobert::cuda {

// load_module brings a unit, compiled for a form, onto a device; null, after one warning, where that cannot be done.
void *load_module(const char *unit, const char *suffix, long long width, bool aligned, int device);

// find_function looks for a kernel in a module and throws if it is not there.
void *find_function(void *module, const char *kernel);

// start puts a kernel on a stream.
void start(void *function, const char *kernel, unsigned x, unsigned y, unsigned z, unsigned threads, void *stream, const void *argument);

// A HostLauncher runs a kernel that was compiled for the host, at once; it gives an error's text, or null.
using HostLauncher = const char *(*)(const char *kernel, unsigned x, unsigned y, unsigned z, unsigned threads, const void *argument);

HostLauncher host_launcher();
void set_host_launcher(HostLauncher launcher);

}  // namespace gobert::cuda
