// Calls main before the constructors of all libraries, which wait for gb_front_start; see front.go.
#define _GNU_SOURCE
#include "front.h"

#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

typedef int entry(int argc, char **argv, char **envp);
extern entry main;  // Go's, which never returns

static int waits;         // main has a thread of its own, and the constructors have not run
static sem_t asked, ran;  // for them; they have
static sigset_t unblocked;
static struct {
  int argc;
  char **argv, **envp;
} called;

int gb_front_waits(void) { return waits; }

void gb_front_start(void) {
  sem_post(&asked);
  while (sem_wait(&ran) != 0) {
  }
  waits = 0;
}

static void *go_main(void *unused) {
  pthread_sigmask(SIG_SETMASK, &unblocked, NULL);
  main(called.argc, called.argv, called.envp);
  return unused;
}

// Tests of a package with this one in it use LibTorch whatever they are called with.
static int is_test(const char *program) {
  size_t n = strlen(program);
  return n > 5 && strcmp(program + n - 5, ".test") == 0;
}

static void before_constructors(int argc, char **argv, char **envp) {
  if (argc == 0 || is_test(argv[0])) return;
  called.argc = argc, called.argv = argv, called.envp = environ = envp;
  // Go takes the signals: this thread only ever waits. And it takes its stack for as large as the default, of which the C library
  // uses some for the thread itself.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &unblocked);
  pthread_attr_t attributes;
  size_t size;
  pthread_t thread;
  waits = 1;
  if (sem_init(&asked, 0, 0) != 0 || sem_init(&ran, 0, 0) != 0 || pthread_attr_init(&attributes) != 0 ||
      pthread_attr_getstacksize(&attributes, &size) != 0 || pthread_attr_setstacksize(&attributes, size + (64 << 10)) != 0 ||
      pthread_create(&thread, &attributes, go_main, NULL) != 0) {
    waits = 0;
    pthread_sigmask(SIG_SETMASK, &unblocked, NULL);
    return;
  }
  while (sem_wait(&asked) != 0) {
  }
}

__attribute__((section(".preinit_array"), used)) static void (*first)(int, char **, char **) = before_constructors;

// What main is to the C library where Go's runs already: all constructors have run.
static int parked(int argc, char **argv, char **envp) {
  (void)argc, (void)argv, (void)envp;
  sem_post(&ran);
  for (;;) pause();
}

// The C library's, which the program's first instructions call when the constructors of its libraries have run, runs the program's own,
// and calls main. This one is found in its place.
typedef int start(entry *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

int __libc_start_main(entry *of_go, int argc, char **argv, void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *stack) {
  start *real = (start *)dlsym(RTLD_NEXT, "__libc_start_main");
  return real(waits ? parked : of_go, argc, argv, init, fini, rtld_fini, stack);
}
