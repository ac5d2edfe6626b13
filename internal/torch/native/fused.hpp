// BERT's building blocks: our kernels where there is one for the device and type, otherwise the composite of operators.
#include "fused.h"

#include "../cuda/functions/cuda.h"
#include "../kernels/kernels.h"
#include "composite.h"
#include "device_attention.h"
#include "dropout_mask.h"
#include "guard.h"

using namespace gobert;

namespace {

at::Tensor map(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &compute, const at::Tensor &bias) {
  if (cuda::serves_linear(x)) return cuda::linear(x, weight, compute, bias).y;
  return supported(x) ? linear(x, weight, compute, bias) : composite::linear(x, weight, bias);
}

at::Tensor activate(const at::Tensor &x, const char *kind) {
  return cuda::serves_activation(x, kind) ? cuda::activation(x, {}, kind) : composite::activation(x, kind);
}

at::Tensor add_norm(const at::Tensor &x, const at::Tensor &residual, const at::Tensor &gain, const at::Tensor &bias, double eps,
                    const Dropout &dropout) {
  if (cuda::serves_norm(x)) return cuda::dropout_add_norm(x, {}, residual, gain, bias, eps, dropout);
  return supported(x) ? dropout_add_norm(x, residual, gain, bias, eps, dropout) : composite::dropout_add_norm(x, residual, gain, bias, eps, dropout);
}

at::Tensor attend(const at::Tensor &qkv, const at::Tensor &offsets_host, const at::Tensor &offsets_device, int64_t longest, int64_t heads,
                  const Dropout &dropout, double p) {
  if (qkv.is_cuda()) return device_attention(thirds(qkv), offsets_device, longest, heads, p, dropout);
  return supported(qkv) ? attention(qkv, offsets_host, heads, dropout) : std::get<0>(composite::attention(qkv, offsets_host, heads, dropout));
}

}  // namespace

gb_error gb_linear(gb_tensor *out, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias) {
  return guarded([&] { *out = give(map(ref(x), ref(weight), ref(compute), optional(bias))); });
}

// On a card the kernel behind a product adds the product's bias, and takes the bias' gradient, while it has the rows at hand.
gb_error gb_linear_activation(gb_tensor *out, gb_tensor *beside, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias,
                              const char *kind) {
  return guarded([&] {
    const auto &in = ref(x), &w = ref(weight), &c = ref(compute);
    cuda::Beside made{{}, in};
    if (cuda::serves_linear(in) && cuda::serves_activation(in, kind)) {
      made = cuda::linear(in, w, c, {});
      made.y = cuda::activation(made.y, optional(bias), kind);
    } else {
      made.y = activate(map(in, w, c, optional(bias)), kind);
    }
    *out = give(made.y);
    *beside = give(made.x);
  });
}

gb_error gb_linear_dropout_add_norm(gb_tensor *out, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias, gb_tensor residual,
                                    gb_tensor gain, gb_tensor shift, double eps, double p, uint64_t seed, uint64_t site) {
  return guarded([&] {
    const auto &in = ref(x), &w = ref(weight), &c = ref(compute), &rest = ref(residual);
    const Dropout dropout(p, seed, site);
    *out = give(cuda::serves_linear(in) && cuda::serves_norm(rest)
                    ? cuda::dropout_add_norm(cuda::linear(in, w, c, {}).y, optional(bias), rest, ref(gain), ref(shift), eps, dropout)
                    : add_norm(map(in, w, c, optional(bias)), rest, ref(gain), ref(shift), eps, dropout));
  });
}

bool gb_reorderable(int dtype) { return reorderable(type_of(dtype)); }

gb_error gb_reorder(gb_tensor *out, gb_tensor weight) {
  return guarded([&] {
    at::NoGradGuard without;
    *out = give(reorder(ref(weight)));
  });
}

gb_error gb_reordered_linear(gb_tensor *out, gb_tensor x, gb_tensor reordered, gb_tensor bias, const char *activation) {
  return guarded([&] { *out = give(reordered_linear(ref(x), ref(reordered), ref(bias), activation)); });
}

gb_error gb_activation(gb_tensor *out, gb_tensor x, const char *kind) {
  return guarded([&] { *out = give(activate(ref(x), kind)); });
}

gb_error gb_dropout_add_norm(gb_tensor *out, gb_tensor x, gb_tensor residual, gb_tensor gain, gb_tensor bias, double eps, double p,
                             uint64_t seed, uint64_t site) {
  return guarded([&] { *out = give(add_norm(ref(x), optional(residual), ref(gain), ref(bias), eps, Dropout(p, seed, site))); });
}

gb_error gb_embed(gb_tensor *out, gb_tensor ids, gb_tensor types, gb_tensor positions, gb_tensor word, gb_tensor type, gb_tensor position,
                  gb_tensor gain, gb_tensor bias, int64_t padding, double eps, double p, uint64_t seed, uint64_t site, int dtype) {
  return guarded([&] {
    if (cuda::serves_embed(ref(word), type_of(dtype))) {
      *out = give(cuda::embed(ref(ids), ref(positions), ref(types), {ref(word), ref(position), ref(type), ref(gain), ref(bias)}, padding, eps,
                              Dropout(p, seed, site), type_of(dtype)));
      return;
    }
    if (supported(ref(word)) && (type_of(dtype) == at::kFloat || type_of(dtype) == at::kBFloat16)) {
      *out = give(embed(ref(ids), ref(positions), ref(types), {ref(word), ref(position), ref(type), ref(gain), ref(bias)}, padding, eps,
                        Dropout(p, seed, site), type_of(dtype)));
      return;
    }
    *out = give(composite::embed(ref(ids), ref(types), ref(positions), ref(word), ref(type), ref(position), ref(gain), ref(bias), padding,
                                 eps, Dropout(p, seed, site), type_of(dtype)));
  });
}

gb_error gb_attention(gb_tensor *out, gb_tensor qkv, gb_tensor offsets_host, gb_tensor offsets_device, int64_t longest, int64_t heads,
                      double p, uint64_t seed, uint64_t site) {
  return guarded([&] { *out = give(attend(ref(qkv), ref(offsets_host), ref(offsets_device), longest, heads, Dropout(p, seed, site), p)); });
}

// On a card the gradients of queries, keys and values are put side by side, and their bias' gradient is taken, by one kernel.
gb_error gb_linear_attention(gb_tensor *out, gb_tensor *beside, gb_tensor x, gb_tensor weight, gb_tensor compute, gb_tensor bias,
                             gb_tensor compute_bias, gb_tensor offsets_host, gb_tensor offsets_device, int64_t longest, int64_t heads, double p,
                             uint64_t seed, uint64_t site) {
  return guarded([&] {
    const auto &in = ref(x), &host = ref(offsets_host), &device = ref(offsets_device);
    const Dropout dropout(p, seed, site);
    if (!cuda::serves_attention(in)) {
      *out = give(attend(map(in, ref(weight), ref(compute), optional(bias)), host, device, longest, heads, dropout, p));
      *beside = give(in);
      return;
    }
    const auto made = cuda::query_key_value(in, ref(weight), ref(compute), optional(bias), optional(compute_bias));
    const auto &parts = made.parts;
    *out = give(in.is_cuda() ? device_attention(parts, device, longest, heads, p, dropout)
                             : attend(at::cat({parts[0], parts[1], parts[2]}, 1), host, device, longest, heads, dropout, p));
    *beside = give(made.x);
  });
}

const char *gb_attention_path(int capability, int dtype, int64_t head) {
  switch (attention_path(capability, type_of(dtype), head)) {
    case AttentionPath::flash: return "flash";
    case AttentionPath::efficient: return "memory-efficient";
    case AttentionPath::efficient_in_fp32: return "memory-efficient in fp32";
  }
  return "";
}

gb_error gb_attention_with_weights(gb_tensor *out, gb_tensor *weights, gb_tensor qkv, gb_tensor offsets_host, int64_t heads, double p,
                                   uint64_t seed, uint64_t site) {
  return guarded([&] {
    auto [o, w] = composite::attention(ref(qkv), ref(offsets_host), heads, Dropout(p, seed, site));
    *out = give(o);
    for (size_t i = 0; i < w.size(); i++) weights[i] = give(w[i]);
  });
}

gb_error gb_gather_rows(gb_tensor *out, gb_tensor x, gb_tensor rows) {
  return guarded([&] {
    const auto &in = ref(x), &which = ref(rows);
    *out = give(cuda::serves_rows(in) ? cuda::pick_rows(in, which, {}, {})[0] : gather_rows(in, which));
  });
}

gb_error gb_gather_both(gb_tensor *first, gb_tensor *second, gb_tensor x, gb_tensor rows_of_x, gb_tensor y, gb_tensor rows_of_y) {
  return guarded([&] {
    const auto &a = ref(x), &b = ref(y), &of_a = ref(rows_of_x), &of_b = ref(rows_of_y);
    const bool together = cuda::serves_rows(a) && a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes();
    const auto picked = together ? cuda::pick_rows(a, of_a, b, of_b) : std::array<at::Tensor, 2>{gather_rows(a, of_a), gather_rows(b, of_b)};
    *first = give(picked[0]);
    *second = give(picked[1]);
  });
}

gb_error gb_masked_lm_loss(gb_tensor *loss, gb_tensor *correct, gb_tensor h, gb_tensor word, gb_tensor compute, gb_tensor bias,
                           gb_tensor targets, double grad_scale, gb_tensor times, bool want_grad) {
  return guarded([&] {
    const Incoming incoming{grad_scale, optional(times)};
    auto [l, c] = cuda::serves_masked_lm(ref(h)) ? cuda::masked_lm_loss(ref(h), ref(word), ref(compute), ref(bias), ref(targets), incoming, want_grad)
                  : !kernels_on() ? composite::masked_lm_loss(ref(h), ref(word), ref(bias), ref(targets))
                                  : masked_lm_loss(ref(h), ref(word), ref(compute), ref(bias), ref(targets), incoming, want_grad);
    *loss = give(l);
    *correct = give(c);
  });
}

gb_error gb_counts_targets(bool *out, int device, int dtype) {
  return guarded([&] { *out = cuda::serves_masked_lm(at::empty({0, 1}, options_of(dtype, device))); });
}

gb_error gb_counter_dropout(gb_tensor *out, gb_tensor x, double p, uint64_t seed, uint64_t site) {
  return guarded([&] {
    const auto &in = ref(x);
    const Dropout dropout(p, seed, site);
    *out = give(cuda::serves_dropout(in) ? cuda::counter_dropout(in, dropout)
                : in.is_cpu()            ? counter_dropout(in, dropout)
                                         : drop(in, dropout));
  });
}

gb_error gb_pad_rows(gb_tensor *out, gb_tensor x, gb_tensor offsets_host, double fill) {
  return guarded([&] {
    const auto &rows = ref(x);
    const auto &offsets = ref(offsets_host);
    const auto *at_row = offsets.data_ptr<int32_t>();
    std::vector<at::Tensor> sequences;
    for (int64_t s = 0; s + 1 < offsets.numel(); s++) sequences.push_back(rows.narrow(0, at_row[s], at_row[s + 1] - at_row[s]));
    *out = give(at::pad_sequence(sequences, /*batch_first=*/true, fill));
  });
}

gb_error gb_step_from(gb_tensor step) {
  return guarded([&] { cuda::step_from(optional(step)); });
}

void gb_use_kernels(bool on) {
  use_kernels(on);
  cuda::use_kernels(on);
}
