// What each kernel is handed, by value. This text is read by both sides: by the kernels, and by the C++ that launches them.
//
// Matrices are [rows,width] and contiguous unless a stride (in elements, from row to row) is given. void is the type of the
// activations, which the kernel's name ends with; parameters, statistics and sums are fp32. "May be null" says what may be left
// out.
#pragma once

typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

// A mask is drawn from (seed, site, row, column). What changes from step to step is the site's upper part. Where a step's launches
// are recorded once and replayed, as in a CUDA graph, arguments stay what they were: step then points to a number in the card's
// memory that is added to the site, and who replays writes it before.
struct Dropout {
  u32 threshold;  // an element with 16 bits below it is dropped; 0 drops none
  float scale;    // 1 / (share kept)
  u64 seed, site;
  const u64 *step;  // may be null
};

// out = LN(dropout(x + added) + residual). A warp takes a row.
struct NormForward {
  const void *x, *residual;  // residual may be null
  const float *added;        // [width], the bias of the product that made x; may be null
  void *sum, *out;           // sum is what the norm saw, for the backward pass; may be null
  float *mean, *rstd;        // [rows]; may be null
  const float *gain, *bias;  // [width]
  i64 rows;
  u32 width;
  float eps;
  Dropout dropout;
};

struct NormBackward {
  const void *dy, *dcarry;  // gradients of the output, which are added up; dcarry may be null
  const void *sum;
  const float *mean, *rstd, *gain;
  void *dx, *dresidual;  // dresidual may be null
  float *part;           // [blocks,3,width]: each block's sums for gain, bias and added
  i64 rows;
  u32 width;
  Dropout dropout;
};

// out = f(x + added) for an activation f, which the kernel's name begins with.
struct ActivationForward {
  const void *x;
  const float *added;  // [width]; may be null
  void *out;
  i64 rows;
  u32 width;
};

struct ActivationBackward {
  const void *dy, *x;
  const float *added;  // may be null
  void *dx;
  float *part;  // [grid.y,width]: sums of dx over each band of rows
  i64 rows;
  u32 width;
};

// The three tables of an embedding, and the words, positions and types [rows] that are looked up.
struct Lookup {
  const float *word, *position, *type;
  const int *words, *positions, *types;
};

// out = dropout(LN(word + type + position)). A warp takes a row.
struct EmbedForward {
  Lookup in;
  const float *gain, *bias;
  void *out;
  float *mean, *rstd;  // may be null
  i64 rows;
  u32 width;
  float eps;
  Dropout dropout;
};

struct EmbedBackward {
  Lookup in;
  const void *dy;
  const float *mean, *rstd, *gain;
  float *dsum;  // gradient of what the norm saw
  float *part;  // [blocks,2,width]: each block's sums for gain and bias
  i64 rows;
  u32 width;
  Dropout dropout;
};

// Rows of d, in the order of their keys, are added to the row of the table that the key names.
struct ScatterRows {
  const float *d;
  const int *keys;     // [rows], ascending
  const i64 *order;    // [rows]: which row of d has the key
  float *part;         // [runs,2,width] for runs of kRun rows: sums of keys that other runs have, too
  float *into;         // the table's gradient
  i64 rows;
  u32 width;
  int padding;  // the key that learns nothing, or -1
};

constexpr int kRun = 64;

// part[band][key] = the sum of a band's rows of d with that key, for two lists of keys; grid.y counts bands, grid.z the first
// list's keys and then the second's.
struct SelectSums {
  const float *d;
  const int *keys[2];  // [rows] each
  int first;           // how many keys the first list may have
  float *part;         // [grid.y,grid.z,width]
  i64 rows;
  u32 width;
};

// asked = the number of targets that are not negative, which ask for nothing. One block.
struct CountTargets {
  const int *targets;  // [rows]
  float *asked;        // [1]
  i64 rows;
};

// Logits become their gradient (softmax minus one-hot, times scale / asked), in place; with scale 0 they stay. A block takes a row.
struct CrossEntropy {
  void *logits;
  const float *added;  // [width], the bias of the product that made them; may be null
  const int *targets;  // [rows]; a negative one asks for nothing
  const float *asked;  // [1]
  float *loss;         // [2,all]: the loss of each row, then 1 where the target's logit is the largest
  i64 all, stride;
  u32 width;
  float scale;
  const float *times;  // [1], what scale is multiplied by; may be null
};

// into = the mean loss of the rows that ask, then the number of those that are right. One block.
struct MeanLoss {
  const float *loss;   // [2,rows], of CrossEntropy
  const float *asked;  // [1]
  float *into;         // [2]
  i64 rows;
};

// to[z] = the rows of from[z] with the numbers rows[z]; grid.z counts up to two.
struct PickRows {
  const void *from[2];
  const int *rows[2];  // [count] each, ascending and distinct
  void *to[2];         // [count,width] each
  i64 count[2];
  u32 width;
};

// The gradient of PickRows: into[z] [all,width] has d[z] in the rows that were picked and 0 elsewhere. Where into[1] is null both were
// picked from one matrix, and into[0] is the sum.
struct SpreadRows {
  const void *d[2];  // d[1] may be null
  const int *rows[2];
  void *into[2];
  i64 count[2], all;
  u32 width;
};

// The gradients of queries, keys and values side by side, [rows,3 width]; grid.z counts the three.
struct PackGradients {
  const void *query, *key, *value;
  i64 query_stride, key_stride, value_stride;
  void *packed;
  float *part;  // [grid.y,3,width]: sums over each band of rows
  i64 rows;
  u32 width;
};

struct DropoutRows {
  const void *x;
  void *out;
  i64 rows;
  u32 width;
  Dropout dropout;
};

struct ColumnSums {
  const void *x;
  float *part;  // [grid.y,width]: sums over each band of rows
  i64 rows, stride;
  u32 width;
};

// FinishSums adds the parts that other kernels leave behind to where they belong, for many sums at once. A block takes 32 columns of
// one of them: sums are in the order of their first blocks.
struct PartialSum {
  const float *part;
  float *into;  // [width]
  u32 width, stride, parts;  // stride is from one part to the next
  u32 first;                 // the first block of the grid that works on it
};

constexpr int kSums = 120;  // what a kernel may be handed is 4 KiB

struct FinishSums {
  PartialSum sums[kSums];
  int count;
};

// What an optimizer knows on the device and the host reads now and then, in numbers of one type. All but the first three begin
// anew in each process.
struct StepState {
  double scale, good, updates;          // the loss scale, how many updates since it changed, updates in all
  double norm;                          // of the last step's gradient, before clipping
  double tried, refused, refused_norm;  // steps; the first of them whose gradient was not finite, 0 for none; its norm
  double skip;                          // 1: the step changes nothing
  double factor;                        // what its gradient is multiplied by
  double rate;                          // its learning rate
  double correction1, correction2;      // 1 - beta^updates
};

struct GradientNorm {
  const float *gradient;  // [count]
  double *part;           // [blocks]: each block's sum of squares
  i64 count;
};

// The sums of squares of count numbers from one on: each block's of kNormBlock numbers, counted from where the gradient begins.
struct BlockSquares {
  const float *gradient;
  double *part;  // [blocks]
  i64 from, count;
};

constexpr int kNormBlock = 1 << 14;  // torch.NormBlock

// Decides what a step does, from the sums of squares of its gradient. One block.
struct PlanStep {
  const double *part;
  const double *rate;  // [1]
  StepState *state;
  float *root;  // [1]: the gradient that flows into the next step's loss
  double beta1, beta2;
  double clip;   // the largest norm; 0 does not clip
  double share;  // of a batch in an update: root is the loss scale times share
  int parts;
  int run;  // updates in a row after which the loss scale doubles; 0: it stays, and no gradient may overflow
};

// A parameter that is trained, and the tiles of flat memory that it is cut into. A block takes a tile.
struct Trained {
  double decay, rate;  // rate multiplies the learning rate
  u32 first, tiles;
  int adapt;  // LAMB's scaling
};

struct Tile {
  i64 begin, moments;  // where its moments begin
  u32 count;
  u32 parameter;
};

constexpr int kTile = 8192;

struct UpdateValues {
  float *value, *gradient, *m, *v;
  void *copy;  // the values in the type of the activations; may be null
  const Tile *tiles;
  const Trained *parameters;
  const StepState *state;
  float *steps;  // LAMB: [parameters], how far each goes along its direction
  float beta1, beta2, rest1, rest2, eps;
};

// LAMB's first half: the moments, and in place of the gradient the direction. part [tiles,2] are sums of squares of values and of
// directions.
struct LambDirection {
  UpdateValues of;
  double *part;
};

// Values are added up, times what is given for each: sums[into] += times * *from. A thread takes a value.
constexpr int kMeasures = 8;

struct AddMeasures {
  const void *from[kMeasures];
  float times[kMeasures];
  int into[kMeasures], whole[kMeasures];  // whole: from is an i64, not an fp32
  double *sums;                           // each holds an fp32
  int count;
};
