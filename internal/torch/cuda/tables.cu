// Gradients of embedding tables, without atomics: each place is added to by one thread, in a fixed order.
//
// For a large table the tokens come sorted by word, cut into runs of kRun. scatter_rows gives every run to a warp, which adds
// up the tokens of a word and touches the rows of these words alone. A word whose tokens lie in several runs is left in parts,
// which join_rows adds up. A table of few rows needs no order: select_sums looks for each row's tokens among all.
#include "columns.cuh"

constexpr int kScatterThreads = 128;

INLINED i64 run_of_warp() { return (i64)blockIdx.y * (kScatterThreads / kLanes) + warp(); }

// add_row adds sums to the columns of a table's row.
INLINED void add_row(const ScatterRows &a, int key, u32 column, const float sum[kVector]) {
  if (key == a.padding) return;
  float *row = a.into + (i64)key * a.width, so_far[kVector];
  take(row, column, a.width, so_far);
#pragma unroll
  for (int i = 0; i < kVector; i++) so_far[i] += sum[i];
  put(row, column, a.width, so_far);
}

// part_of is where a run leaves the sum of its first word (0) or its last (1).
INLINED float *part_of(const ScatterRows &a, i64 run, int end) { return a.part + (run * 2 + end) * a.width; }

INLINED void scatter(const ScatterRows &a) {
  const i64 run = run_of_warp(), first = run * kRun, last = first + kRun < a.rows ? first + kRun : a.rows;
  if (first >= a.rows) return;
  const u32 column = column_of_lane();
  float sum[kVector] = {};
  bool from_before = first > 0 && a.keys[first - 1] == a.keys[first];
  for (i64 place = first; place < last; place++) {
    const int key = a.keys[place];
    float d[kVector];
    take(a.d + a.order[place] * a.width, column, a.width, d);
#pragma unroll
    for (int i = 0; i < kVector; i++) sum[i] += d[i];
    const bool goes_on = place + 1 < a.rows && a.keys[place + 1] == key;
    if (goes_on && place + 1 < last) continue;
    if (from_before)
      put(part_of(a, run, 0), column, a.width, sum);
    else if (goes_on)
      put(part_of(a, run, 1), column, a.width, sum);
    else
      add_row(a, key, column, sum);
    from_before = false;
#pragma unroll
    for (int i = 0; i < kVector; i++) sum[i] = 0;
  }
}

GOBERT_KERNEL(scatter_rows, kScatterThreads, ScatterRows, scatter)

// join_rows is for the run in which a word begins that goes on in later runs.
INLINED void join(const ScatterRows &a) {
  const i64 run = run_of_warp(), first = run * kRun, next = first + kRun;
  if (next >= a.rows) return;
  const int key = a.keys[next - 1];
  if (a.keys[next] != key || (first > 0 && a.keys[first - 1] == key)) return;
  // The last run whose first token is this word.
  i64 end = run + 1, beyond = ((u32)a.rows + kRun - 1) / kRun;
  while (beyond - end > 1) {
    const i64 middle = (end + beyond) / 2;
    if (a.keys[middle * kRun] == key)
      end = middle;
    else
      beyond = middle;
  }
  const u32 column = column_of_lane();
  float sum[kVector];
  take(part_of(a, run, 1), column, a.width, sum);
#pragma unroll 4
  for (i64 r = run + 1; r <= end; r++) {
    float more[kVector];
    take(part_of(a, r, 0), column, a.width, more);
#pragma unroll
    for (int i = 0; i < kVector; i++) sum[i] += more[i];
  }
  add_row(a, key, column, sum);
}

GOBERT_KERNEL(join_rows, kScatterThreads, ScatterRows, join)

INLINED void select(const SelectSums &a) {
  __shared__ float scratch[kLanes * kVector];
  const int list = (int)blockIdx.z >= a.first, key = blockIdx.z - (list ? a.first : 0);
  const int *keys = a.keys[list];
  const u32 column = column_of_lane(), begin = blockIdx.x * kColumnsOfBlock;
  float sum[1][kVector] = {};
  const u32 all = (u32)a.rows, band = (all + gridDim.y - 1) / gridDim.y;
  const i64 top = blockIdx.y * band, bottom = top + band < all ? top + band : all;
  // A warp looks at 32 tokens at a time and then reads those that have the key.
  for (i64 block = top + warp() * kLanes; block < bottom; block += kColumnThreads) {
    const i64 mine = block + lane();
    u32 found = __ballot_sync(kAll, mine < bottom && keys[mine] == key);
    while (found) {
      const int at = __ffs(found) - 1;
      found &= found - 1;
      float d[kVector];
      take(a.d + (block + at) * a.width, column, a.width, d);
#pragma unroll
      for (int i = 0; i < kVector; i++) sum[0][i] += d[i];
    }
  }
  float *part = a.part + ((i64)blockIdx.y * gridDim.z + blockIdx.z) * a.width + begin;
  gather_columns<1>(sum, scratch, part, a.width - begin < kColumnsOfBlock ? a.width - begin : kColumnsOfBlock);
}

GOBERT_KERNEL(select_sums, kColumnThreads, SelectSums, select)
