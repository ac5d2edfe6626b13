// Some rows of a matrix for what needs no more of them, and their gradient, which is 0 in all other rows. A warp takes a row, 256
// columns at a time.
#include "warp.cuh"

constexpr int kPickThreads = 128;

template <class T>
INLINED void pick_rows(const PickRows &a) {
  const int which = blockIdx.z;
  const RowsOfWarp rows = rows_of_warp();
  for (i64 row = rows.first; row < a.count[which]; row += rows.step) {
    const T *from = (const T *)a.from[which] + (i64)a.rows[which][row] * a.width;
    for (u32 column = lane() * kVector; column < a.width; column += kLanes * kVector) {
      float x[kVector];
      take(from, column, a.width, x);
      put((T *)a.to[which] + row * a.width, column, a.width, x);
    }
  }
}

// place_of finds a number in an ascending list, or gives -1.
INLINED i64 place_of(const int *rows, i64 count, int number) {
  i64 low = 0, high = count;
  while (low < high) {
    const i64 middle = (low + high) / 2;
    if (rows[middle] < number)
      low = middle + 1;
    else
      high = middle;
  }
  return low < count && rows[low] == number ? low : -1;
}

// add_picked adds a row of a gradient if that row was picked.
template <class T>
INLINED void add_picked(const SpreadRows &a, int which, i64 place, u32 column, float x[kVector]) {
  if (place < 0) return;
  float more[kVector];
  take((const T *)a.d[which] + place * a.width, column, a.width, more);
#pragma unroll
  for (int i = 0; i < kVector; i++) x[i] += more[i];
}

template <class T>
INLINED void spread_rows(const SpreadRows &a) {
  const int which = blockIdx.z;
  const bool both = !a.into[1] && a.d[1];
  const RowsOfWarp rows = rows_of_warp();
  for (i64 row = rows.first; row < a.all; row += rows.step) {
    const i64 place = place_of(a.rows[which], a.count[which], (int)row), other = both ? place_of(a.rows[1], a.count[1], (int)row) : -1;
    for (u32 column = lane() * kVector; column < a.width; column += kLanes * kVector) {
      float x[kVector] = {};
      add_picked<T>(a, which, place, column, x);
      add_picked<T>(a, 1, other, column, x);
      put((T *)a.into[which] + row * a.width, column, a.width, x);
    }
  }
}

#define ROWS(suffix, T)                                                              \
  GOBERT_KERNEL(pick_rows_##suffix, kPickThreads, PickRows, pick_rows<T>)      \
  GOBERT_KERNEL(spread_rows_##suffix, kPickThreads, SpreadRows, spread_rows<T>)
GOBERT_EACH_TYPE(ROWS)
