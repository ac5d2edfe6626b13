// BERT's building blocks as C functions; see fused.hpp.
#pragma once
#include "abi.h"

#ifdef __cplusplus
extern "C" {
#endif

void gb_use_kernels(bool on);
gb_error gb_step_from(gb_tensor step);
gb_error gb_linear(gb_tensor *out, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias);
gb_error gb_linear_activation(gb_tensor *out, gb_tensor *beside, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias,
                              const char *kind);
gb_error gb_linear_dropout_add_norm(gb_tensor *out, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias, gb_tensor residual,
                                    gb_tensor gain, gb_tensor shift, double eps, double p, uint64_t seed, uint64_t site);
bool gb_reorderable(int dtype);
gb_error gb_reorder(gb_tensor *out, gb_tensor weight);
gb_error gb_reordered_linear(gb_tensor *out, gb_tensor x, gb_tensor reordered, gb_tensor bias, const char *activation);
gb_error gb_activation(gb_tensor *out, gb_tensor x, const char *kind);
gb_error gb_dropout_add_norm(gb_tensor *out, gb_tensor x, gb_tensor residual, gb_tensor gain, gb_tensor bias, double eps, double p,
                             uint64_t seed, uint64_t site);
gb_error gb_embed(gb_tensor *out, gb_tensor ids, gb_tensor types, gb_tensor positions, gb_tensor word, gb_tensor type, gb_tensor position,
                  gb_tensor gain, gb_tensor bias, int64_t padding, double eps, double p, uint64_t seed, uint64_t site, int dtype);
gb_error gb_attention(gb_tensor *out, gb_tensor qkv, gb_tensor offsets_host, gb_tensor offsets_device, int64_t longest, int64_t heads,
                      double p, uint64_t seed, uint64_t site);
const char *gb_attention_path(int capability, int dtype, int64_t head);
gb_error gb_linear_attention(gb_tensor *out, gb_tensor *beside, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias,
                             gb_tensor compute_bias, gb_tensor offsets_host, gb_tensor offsets_device, int64_t longest, int64_t heads, double p,
                             uint64_t seed, uint64_t site);
gb_error gb_attention_with_weights(gb_tensor *out, gb_tensor *weights, gb_tensor qkv, gb_tensor offsets_host, int64_t heads, double p,
                                   uint64_t seed, uint64_t site);
gb_error gb_gather_rows(gb_tensor *out, gb_tensor x, gb_tensor rows);
gb_error gb_gather_both(gb_tensor *first, gb_tensor *second, gb_tensor x, gb_tensor rows_of_x, gb_tensor y, gb_tensor rows_of_y);
gb_error gb_masked_lm_loss(gb_tensor *loss, gb_tensor *correct, gb_tensor h, gb_tensor word, gb_tensor compute, gb_tensor bias,
                           gb_tensor targets, double grad_scale, gb_tensor times, bool want_grad);
gb_error gb_pad_rows(gb_tensor *out, gb_tensor x, gb_tensor offsets_host, double fill);
gb_error gb_counts_targets(bool *out, int device, int dtype);
gb_error gb_counter_dropout(gb_tensor *out, gb_tensor x, double p, uint64_t seed, uint64_t site);

#ifdef __cplusplus
}
#endif
