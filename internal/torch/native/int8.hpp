// Matrices of eight-bit integers: handles to package int8, and what stands around its products.
#pragma once
#include "int8.h"

#include "../int8/int8.h"
#include "../kernels/kernels.h"
#include "composite.h"
#include "guard.h"

namespace {

int8::Weight weight_of(const gb_int8 &w) {
  return {ref(w.q), ref(w.scale), gobert::optional(w.shift), gobert::optional(w.bias), w.out, w.in, w.packed};
}

}  // namespace

gb_error gb_int8_quantize(gb_tensor *q, gb_tensor *scale, gb_tensor w) {
  return guarded([&] {
    at::NoGradGuard without;
    const auto made = int8::quantize(ref(w));
    *q = give(made.q);
    *scale = give(made.scale);
  });
}

gb_error gb_int8_pack(gb_tensor *q, gb_tensor *shift, gb_int8 w) {
  return guarded([&] {
    auto packed = weight_of(w);
    int8::pack(packed);
    *q = give(packed.q);
    *shift = give(packed.shift);
  });
}

gb_error gb_int8_unpacked(gb_tensor *out, gb_int8 w) {
  return guarded([&] { *out = give(int8::unpacked(weight_of(w))); });
}

gb_error gb_int8_floats(gb_tensor *out, gb_int8 w) {
  return guarded([&] { *out = give(int8::floats(weight_of(w))); });
}

gb_error gb_int8_linear(gb_tensor *out, gb_tensor x, const gb_int8 *weights, size_t n, const char *activation) {
  return guarded([&] {
    std::vector<int8::Weight> list;
    for (size_t i = 0; i < n; i++) list.push_back(weight_of(weights[i]));
    const std::string name = activation;
    const auto y = int8::linear(ref(x), list, name == "gelu");
    *out = give(name.empty() || name == "gelu" ? y : composite::activation(y, name));
  });
}

gb_error gb_int8_masked_lm_loss(gb_tensor *loss, gb_tensor *correct, gb_tensor h, gb_int8 word, gb_tensor targets) {
  return guarded([&] {
    auto [l, c] = composite::loss_of_logits(int8::linear(ref(h), {weight_of(word)}, false), ref(targets));
    *loss = give(l);
    *correct = give(c);
  });
}

gb_error gb_int8_embed(gb_tensor *out, const gb_table tables[3], gb_tensor gain, gb_tensor bias, double eps) {
  return guarded([&] {
    const auto &width = ref(gain);
    auto sum = at::zeros({ref(tables[0].rows).numel(), width.numel()}, width.options());
    for (int i = 0; i < 3; i++) {
      const auto &t = tables[i];
      if (t.floats) sum.add_(at::embedding(ref(t.floats), ref(t.rows)));
      else int8::add_rows(sum, weight_of(t.int8), ref(t.rows));
    }
    *out = give(dropout_add_norm(sum, {}, ref(gain), ref(bias), eps, Dropout(0, 0, 0)));
  });
}

gb_error gb_int8_use(const char *kernel) {
  return guarded([&] { int8::use_kernel(kernel); });
}

const char *gb_int8_kernel(size_t i) {
  static const auto names = int8::kernels();
  return i < names.size() ? names[i] : nullptr;
}
