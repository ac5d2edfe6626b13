// What surrounds attention in the backward pass: the gradients of queries, keys and values, each [rows,width], side by side as
// the product in front wants them, [rows,3 width]; and, while they pass by, the gradient of that product's bias.
#include "columns.cuh"

template <class T>
INLINED void pack_gradients(const PackGradients &a) {
  __shared__ float scratch[kLanes * kVector];
  const int which = blockIdx.z;
  const u32 column = column_of_lane(), begin = blockIdx.x * kColumnsOfBlock;
  const T *from = (const T *)(which == 0 ? a.query : which == 1 ? a.key : a.value);
  const i64 stride = which == 0 ? a.query_stride : which == 1 ? a.key_stride : a.value_stride;
  float sum[1][kVector] = {};
  const RowsOfColumn rows = rows_of_column(a.rows);
  for (i64 row = rows.first; row < rows.last; row += rows.step) {
    float x[kVector];
    take(from + row * stride, column, a.width, x);
    put((T *)a.packed + (row * 3 + which) * a.width, column, a.width, x);
#pragma unroll
    for (int i = 0; i < kVector; i++) sum[0][i] += x[i];
  }
  float *part = a.part + ((i64)blockIdx.y * 3 + which) * a.width + begin;
  gather_columns<1>(sum, scratch, part, a.width - begin < kColumnsOfBlock ? a.width - begin : kColumnsOfBlock);
}

#define PACK(suffix, T) GOBERT_KERNEL(pack_gradients_##suffix, kColumnThreads, PackGradients, pack_gradients<T>)
GOBERT_EACH_TYPE(PACK)
