// Calls main before the constructors of all libraries where the command line asks for nothing but words.
#define _GNU_SOURCE
#include "front.h"

#include <string.h>
#include <unistd.h>

extern int main(int argc, char **argv, char **envp);  // Go's, which never returns

static int answers;

int gb_front_answers(void) { return answers; }

static int among(const char *word, const char *const *list) {
  for (; *list; list++) {
    if (strcmp(word, *list) == 0) return 1;
  }
  return 0;
}

// A verb that only says something, or a flag in whose presence all others do nothing.
static int is_question(int argc, char **argv) {
  static const char *const verbs[] = {"help", "completion", "man", NULL};
  static const char *const flags[] = {"--help", "-h", "--version", NULL};
  if (argc < 2 || among(argv[1], verbs)) return 1;
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    if (among(argv[i], flags)) return 1;
  }
  return 0;
}

// Tests of a package with this one in it use LibTorch whatever their command line is.
static int is_test(const char *program) {
  size_t n = strlen(program);
  return n > 5 && strcmp(program + n - 5, ".test") == 0;
}

// The C library has not seen the environment yet, so that there is no getenv.
static int passes(char **envp) {
  for (; *envp; envp++) {
    if (strncmp(*envp, GB_FRONT_PASS "=", strlen(GB_FRONT_PASS "=")) == 0) return 1;
  }
  return 0;
}

static void before_constructors(int argc, char **argv, char **envp) {
  if (passes(envp) || (argc > 0 && is_test(argv[0])) || !is_question(argc, argv)) return;
  answers = 1;
  environ = envp;
  main(argc, argv, envp);
}

__attribute__((section(".preinit_array"), used)) static void (*first)(int, char **, char **) = before_constructors;
