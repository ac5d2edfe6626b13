// Dropout masks without a generator's state: each is a pure function of (seed, site, row, column), so it is the same for any
// number of threads, is drawn again in the backward pass instead of being stored, and needs nothing in a checkpoint.
//
// Philox4x32 with 7 rounds: the fewest that pass BigCrush (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
// table 2). One call gives 128 bits; an element uses 16 of them, which fixes a probability to 1/65536.
#pragma once
#include <cstdint>
#include <cmath>

#include "targets.h"

namespace gobert {

// lanes counters are advanced side by side, to fill a vector register; they serve group elements.
constexpr int kLanes = 16;
constexpr int kGroup = kLanes * 8;

struct Dropout {
  uint32_t threshold;  // an element with 16 bits below it is dropped
  float scale;         // 1 / (share kept), so that expectations stay as they are
  uint64_t seed, site;

  Dropout(double p, uint64_t seed, uint64_t site) : seed(seed), site(site) {
    threshold = static_cast<uint32_t>(std::lround(p * 65536));
    scale = threshold >= 65536 ? 0.0f : static_cast<float>(65536.0 / (65536.0 - threshold));
  }
  bool on() const { return threshold > 0; }
};

// dropout_group writes the factor (0 or scale) of the kGroup elements that begin at column group*kGroup of a row.
GOBERT_INLINED void dropout_group(const Dropout &d, uint64_t row, uint32_t group, float *factor) {
  uint32_t c0[kLanes], c1[kLanes], c2[kLanes], c3[kLanes];
  for (int i = 0; i < kLanes; i++) {
    c0[i] = group * kLanes + i;
    c1[i] = static_cast<uint32_t>(row);
    c2[i] = static_cast<uint32_t>(d.site);
    c3[i] = static_cast<uint32_t>(d.site >> 32) ^ static_cast<uint32_t>(row >> 32);
  }
  uint32_t k0 = static_cast<uint32_t>(d.seed), k1 = static_cast<uint32_t>(d.seed >> 32);
  for (int round = 0; round < 7; round++) {
#pragma omp simd
    for (int i = 0; i < kLanes; i++) {
      const uint64_t a = static_cast<uint64_t>(0xD2511F53u) * c0[i], b = static_cast<uint64_t>(0xCD9E8D57u) * c2[i];
      const uint32_t n0 = static_cast<uint32_t>(b >> 32) ^ c1[i] ^ k0, n2 = static_cast<uint32_t>(a >> 32) ^ c3[i] ^ k1;
      c1[i] = static_cast<uint32_t>(b);
      c3[i] = static_cast<uint32_t>(a);
      c0[i] = n0;
      c2[i] = n2;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  const uint32_t *words[4] = {c0, c1, c2, c3};
  for (int w = 0; w < 4; w++) {
#pragma omp simd
    for (int i = 0; i < kLanes; i++) factor[2 * w * kLanes + i] = (words[w][i] & 0xFFFF) >= d.threshold ? d.scale : 0.0f;
#pragma omp simd
    for (int i = 0; i < kLanes; i++) factor[(2 * w + 1) * kLanes + i] = (words[w][i] >> 16) >= d.threshold ? d.scale : 0.0f;
  }
}

// dropout_row writes the factors of a whole row; factor has room for width rounded up to kGroup.
GOBERT_INLINED void dropout_row(const Dropout &d, uint64_t row, int64_t width, float *factor) {
  for (int64_t g = 0; g * kGroup < width; g++) dropout_group(d, row, static_cast<uint32_t>(g), factor + g * kGroup);
}

// padded rounds a row's width up to whole groups.
inline int64_t padded(int64_t width) { return (width + kGroup - 1) / kGroup * kGroup; }

}  // namespace gobert
