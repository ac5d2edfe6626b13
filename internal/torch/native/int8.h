// Matrices of eight-bit integers as C functions; see int8.hpp and package int8.
#pragma once
#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

// A gb_int8 is a matrix [out,in]: row r stands for scale[r] * q[r,:].
typedef struct {
  gb_tensor q, scale, shift, bias;  // bias and shift may be NULL
  int64_t out, in;
  bool packed;
} gb_int8;

gb_error gb_int8_quantize(gb_tensor *q, gb_tensor *scale, gb_tensor w);
gb_error gb_int8_pack(gb_tensor *q, gb_tensor *shift, gb_int8 w);
gb_error gb_int8_unpacked(gb_tensor *out, gb_int8 w);
gb_error gb_int8_floats(gb_tensor *out, gb_int8 w);
gb_error gb_int8_linear(gb_tensor *out, gb_tensor x, const gb_int8 *weights, size_t n, const char *activation);
gb_error gb_int8_masked_lm_loss(gb_tensor *loss, gb_tensor *correct, gb_tensor h, gb_int8 word, gb_tensor targets);

// gb_int8_embed adds rows of three tables up, and normalises the sum. A table is a tensor of fp32, or one of eight bits where that is not
// NULL.
typedef struct {
  gb_tensor rows, floats;
  gb_int8 int8;
} gb_table;
gb_error gb_int8_embed(gb_tensor *out, const gb_table tables[3], gb_tensor gain, gb_tensor bias, double eps);

gb_error gb_int8_use(const char *kernel);
const char *gb_int8_kernel(size_t i);  // of those that the machine has, the best one first; NULL behind the last

#ifdef __cplusplus
}
#endif
