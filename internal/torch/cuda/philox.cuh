// Dropout masks as pure functions of (seed, site, row, column), bit for bit those of kernels/philox.h: a run can be resumed,
// recomputed and compared across devices with dropout on.
#pragma once
#include "warp.cuh"

// philox is Philox4x32 with 7 rounds: 128 bits for one counter.
INLINED void philox(u32 c0, u32 c1, u32 c2, u32 c3, u64 seed, u32 words[4]) {
  u32 k0 = (u32)seed, k1 = (u32)(seed >> 32);
#pragma unroll
  for (int round = 0; round < 7; round++) {
    const u64 a = (u64)0xD2511F53u * c0, b = (u64)0xCD9E8D57u * c2;
    c0 = (u32)(b >> 32) ^ c1 ^ k0;
    c2 = (u32)(a >> 32) ^ c3 ^ k1;
    c1 = (u32)b;
    c3 = (u32)a;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}

// kept gives one bit for each of this lane's 8 columns of a row, from 256 chunk + 8 lane on: 1 keeps it. All lanes of the
// warp must call it together.
//
// The CPU draws a group of 128 columns from 16 counters: 16-bit piece k of counter i belongs to column 16 k + i. Here each lane
// draws one counter of the two groups, votes turn piece k of all lanes into a word, and each lane picks its 8 neighbours: the
// columns 8 l of a group have piece l/2 of the counters 8 (l%2) and on.
INLINED u32 kept(const Dropout &d, i64 row, int chunk) {
  const int l = lane(), group = l / 16, counter = l % 16;
  const u64 site = d.step ? d.site + *d.step : d.site;
  u32 words[4];
  philox((2 * chunk + group) * 16 + counter, (u32)row, (u32)site, (u32)(site >> 32) ^ (u32)((u64)row >> 32), d.seed, words);
  u32 vote = 0;
#pragma unroll
  for (int piece = 0; piece < 8; piece++) {
    const u32 bits = piece % 2 ? words[piece / 2] >> 16 : words[piece / 2] & 0xFFFF;
    const u32 all = __ballot_sync(kAll, bits >= d.threshold);
    if (l % 8 == piece) vote = all;
  }
  const u32 mine = __shfl_sync(kAll, vote, (l % 16) / 2);
  return (mine >> (group * 16 + l % 2 * 8)) & 0xFF;
}

// drop applies the mask to this lane's columns.
INLINED void drop(const Dropout &d, i64 row, int chunk, float x[kVector]) {
  if (d.threshold == 0) return;
  const u32 keep = kept(d, row, chunk);
#pragma unroll
  for (int i = 0; i < kVector; i++) x[i] = (keep >> i) & 1 ? x[i] * d.scale : 0.0f;
}
