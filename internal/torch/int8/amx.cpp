// The core for AMX: see amx.h.
#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GOBERT_TILES __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,amx-tile,amx-int8")))
#include "amx.h"

namespace gobert::int8 {
namespace {

// Registers are named by their numbers, which the compiler's own functions take from macros alone.
struct Registers {
  GOBERT_TILES static void begin(const Shape &s) { _tile_loadconfig(&s); }
  GOBERT_TILES static void end() { _tile_release(); }
  template <int T>
  GOBERT_TILES static void zero() { __asm__ volatile("tilezero %%tmm%c0" : : "i"(T)); }
  template <int T>
  GOBERT_TILES static void load(const void *from, int64_t stride) {
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(stride), "i"(T) : "memory");
  }
  template <int T>
  GOBERT_TILES static void store(int32_t (*to)[kLanes]) {
    __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(kLanes * 4), "i"(T) : "memory");
  }
  template <int T, int A, int B>
  GOBERT_TILES static void dot() {  // T += A B, the bytes of A unsigned; operands in the order of the assembler
    __asm__ volatile("tdpbusd %%tmm%c0, %%tmm%c1, %%tmm%c2" : : "i"(B), "i"(A), "i"(T));
  }
};

}  // namespace

bool has_amx() {
  constexpr int kRequest = 0x1023, kTileData = 18;  // arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)
  static const bool granted = __builtin_cpu_supports("amx-int8") && syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
  return granted;
}

const Core amx{"amx", 32, plain_bytes, quantize_uint8, multiply_tiles<Registers>};

}  // namespace gobert::int8
#endif
