// What a step decides for all parameters alike: the norm of its gradient, whether and how far that is followed, the loss scale that
// the next one has. Nothing of it goes by the host. Sums of measures are here, too.
#include "warp.cuh"

constexpr int kStepThreads = 256;

// over_threads gives every thread the sum over a block's.
INLINED double over_threads(double x) {
  __shared__ double found[kStepThreads];
  found[threadIdx.x] = x;
  __syncthreads();
  for (int apart = kStepThreads / 2; apart > 0; apart /= 2) {
    if ((int)threadIdx.x < apart) found[threadIdx.x] += found[threadIdx.x + apart];
    __syncthreads();
  }
  x = found[0];
  __syncthreads();  // found can be used again at once
  return x;
}

// Eight squares are added up in fp32, and these sums in fp64, which some cards are slow in.
INLINED float squares(const float x[kVector]) {
  float sum = 0;
#pragma unroll
  for (int i = 0; i < kVector; i++) sum += x[i] * x[i];
  return sum;
}

INLINED void norm_blocks(const GradientNorm &a) {
  constexpr i64 kRow = kStepThreads * kVector;
  double sum = 0;
  for (i64 begin = blockIdx.x * kRow; begin < a.count; begin += gridDim.x * kRow) {
    float x[kVector];
    take(a.gradient + begin, threadIdx.x * kVector, a.count - begin < kRow ? (u32)(a.count - begin) : (u32)kRow, x);
    sum += squares(x);
  }
  sum = over_threads(sum);
  if (threadIdx.x == 0) a.part[blockIdx.x] = sum;
}

GOBERT_KERNEL(gradient_norm, kStepThreads, GradientNorm, norm_blocks)

INLINED i64 higher(i64 a, i64 b) { return a > b ? a : b; }

INLINED i64 lower(i64 a, i64 b) { return a < b ? a : b; }

// A block of threads takes a block of numbers: its sum depends on these alone, whoever sums how many others.
INLINED void square_blocks(const BlockSquares &a) {
  const i64 block = (a.from / kNormBlock + blockIdx.x) * kNormBlock;
  const i64 low = higher(a.from, block), count = lower(a.from + a.count, block + kNormBlock) - low;
  double sum = 0;
  for (i64 c = threadIdx.x * kVector; c < count; c += kStepThreads * kVector) {
    float x[kVector];
    take(a.gradient + low, (u32)c, (u32)count, x);
    sum += squares(x);
  }
  sum = over_threads(sum);
  if (threadIdx.x == 0) a.part[blockIdx.x] = sum;
}

GOBERT_KERNEL(block_squares, kStepThreads, BlockSquares, square_blocks)

INLINED bool is_finite(double x) { return x - x == 0; }

// power is base^n by squaring: for 1 - beta^n of some thousand updates that is exact to 12 digits.
INLINED double power(double base, i64 n) {
  double product = 1;
  for (; n > 0; n >>= 1, base *= base)
    if (n & 1) product *= base;
  return product;
}

constexpr double kLeastScale = 1, kClipEps = 1e-6;  // the latter is what PyTorch's clip_grad_norm_ adds to the norm

INLINED void plan(const PlanStep &a) {
  double total = 0;
  for (int i = threadIdx.x; i < a.parts; i += kStepThreads) total += a.part[i];
  total = over_threads(total);
  if (threadIdx.x != 0) return;
  StepState s = *a.state;
  s.tried += 1;
  s.skip = 1;
  if (s.refused == 0) {
    s.norm = sqrt(total) / s.scale;
    if (is_finite(s.norm)) {
      s.skip = 0;
      s.updates += 1;
      s.rate = *a.rate;
      s.factor = 1 / s.scale;
      if (a.clip > 0 && s.norm + kClipEps > a.clip) s.factor *= a.clip / (s.norm + kClipEps);
      s.correction1 = 1 - power(a.beta1, (i64)s.updates);
      s.correction2 = 1 - power(a.beta2, (i64)s.updates);
      if (a.run > 0 && (s.good += 1) >= a.run) s.scale *= 2, s.good = 0;
    } else if (a.run > 0 && s.scale > kLeastScale) {
      s.scale /= 2, s.good = 0;
    } else {
      s.refused = s.tried;
      s.refused_norm = s.norm;
    }
  }
  *a.state = s;
  *a.root = (float)(s.scale * a.share);
}

GOBERT_KERNEL(plan_step, kStepThreads, PlanStep, plan)

constexpr int kMeasureThreads = 32;

INLINED void add_up(const AddMeasures &a) {
  const int i = threadIdx.x;
  if (i >= a.count) return;
  const float x = a.whole[i] ? (float)*(const i64 *)a.from[i] : *(const float *)a.from[i];
  double *sum = a.sums + a.into[i];
  *sum = (double)__fadd_rn((float)*sum, __fmul_rn(x, a.times[i]));
}

GOBERT_KERNEL(add_measures, kMeasureThreads, AddMeasures, add_up)

// LAMB's moments and directions; see optimizer.cu for the other half.
INLINED void find_directions(const LambDirection &all) {
  const UpdateValues &a = all.of;
  if (a.state->skip != 0) return;
  const Tile tile = a.tiles[blockIdx.x];
  const float factor = (float)a.state->factor, decay = (float)a.parameters[tile.parameter].decay;
  const float correction1 = (float)a.state->correction1, correction2 = (float)a.state->correction2;
  double of_values = 0, of_directions = 0;
  for (u32 c = threadIdx.x * kVector; c < tile.count; c += kStepThreads * kVector) {
    float p[kVector], g[kVector], m[kVector], v[kVector];
    take(a.value + tile.begin, c, tile.count, p);
    take(a.gradient + tile.begin, c, tile.count, g);
    take(a.m + tile.moments, c, tile.count, m);
    take(a.v + tile.moments, c, tile.count, v);
#pragma unroll
    for (int i = 0; i < kVector; i++) {
      g[i] *= factor;
      m[i] = m[i] * a.beta1 + a.rest1 * g[i];
      v[i] = v[i] * a.beta2 + a.rest2 * g[i] * g[i];
      g[i] = m[i] / correction1 / (sqrtf(v[i] / correction2) + a.eps) + decay * p[i];
    }
    put(a.m + tile.moments, c, tile.count, m);
    put(a.v + tile.moments, c, tile.count, v);
    put(a.gradient + tile.begin, c, tile.count, g);
    of_values += squares(p);
    of_directions += squares(g);
  }
  of_values = over_threads(of_values);
  of_directions = over_threads(of_directions);
  if (threadIdx.x == 0) all.part[2 * blockIdx.x] = of_values, all.part[2 * blockIdx.x + 1] = of_directions;
}

GOBERT_KERNEL(lamb_direction, kStepThreads, LambDirection, find_directions)

// A block takes a parameter, and finds how far it goes: as far as it is long itself, times the learning rate.
INLINED void find_steps(const LambDirection &all) {
  const UpdateValues &a = all.of;
  if (a.state->skip != 0) return;
  const Trained p = a.parameters[blockIdx.x];
  double of_values = 0, of_directions = 0;
  for (u32 i = threadIdx.x; i < p.tiles; i += kStepThreads) {
    of_values += all.part[2 * (p.first + i)];
    of_directions += all.part[2 * (p.first + i) + 1];
  }
  of_values = over_threads(of_values);
  of_directions = over_threads(of_directions);
  if (threadIdx.x != 0) return;
  const double ratio = p.adapt && of_values > 0 && of_directions > 0 ? sqrt(of_values / of_directions) : 1;
  a.steps[blockIdx.x] = (float)(a.state->rate * p.rate * ratio);
}

GOBERT_KERNEL(lamb_steps, kStepThreads, LambDirection, find_steps)
