// Dropout by itself, and its gradient, which is the same: a warp takes a row, 256 columns at a time.
#include "philox.cuh"

constexpr int kDropoutThreads = 128;

template <class T>
INLINED void dropout_rows(const DropoutRows &a) {
  const RowsOfWarp rows = rows_of_warp();
  for (i64 row = rows.first; row < a.rows; row += rows.step)
    for (u32 begin = 0; begin < a.width; begin += kLanes * kVector) {
      const u32 column = begin + lane() * kVector;
      float x[kVector];
      take((const T *)a.x + row * a.width, column, a.width, x);
      drop(a.dropout, row, begin / (kLanes * kVector), x);
      put((T *)a.out + row * a.width, column, a.width, x);
    }
}

#define DROPOUT(suffix, T) GOBERT_KERNEL(dropout_##suffix, kDropoutThreads, DropoutRows, dropout_rows<T>)
GOBERT_EACH_TYPE(DROPOUT)
