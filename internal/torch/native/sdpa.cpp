// Scaled dot product attention with an optional mask, which gotch cannot leave out.
#include "guard.h"

using namespace gobert;

gb_error gb_sdpa(gb_tensor *out, gb_tensor q, gb_tensor k, gb_tensor v, gb_tensor mask, double dropout) {
  return guarded([&] {
    std::optional<at::Tensor> m;
    if (mask) m = ref(mask);
    *out = give(at::scaled_dot_product_attention(ref(q), ref(k), ref(v), m, dropout));
  });
}
