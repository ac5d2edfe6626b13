// Optimizer steps over flat memory: of the CPU, where the host decides what a step does, and of a device that decides by itself.
#pragma once
#include <ATen/ATen.h>

#include <memory>
#include <vector>

namespace gobert {

// adamw makes step number `step` (from 1) on flat fp32 tensors, multiplies the gradient by gradient_scale first, and clears
// it. copy (undefined, or bfloat16) receives the new values.
void adamw(const at::Tensor &value, const at::Tensor &grad, const at::Tensor &m, const at::Tensor &v, const at::Tensor &copy, double lr,
           double beta1, double beta2, double eps, double decay, int64_t step, double gradient_scale);

// lamb_directions takes a gradient, multiplied by gradient_scale, into LAMB's moments of step number `step`, and leaves in its place the
// direction that each number of flat fp32 tensors goes in. lamb_walk goes so many steps along it, and clears it; copy is as adamw's.
void lamb_directions(const at::Tensor &value, const at::Tensor &grad, const at::Tensor &m, const at::Tensor &v, double beta1, double beta2, double eps,
                     double decay, int64_t step, double gradient_scale);
void lamb_walk(const at::Tensor &value, const at::Tensor &direction, const at::Tensor &copy, double step);

// squares are the sums of the squares of n numbers of a flat tensor from one on, in fp64: one for each of its blocks of 1 << 14 that they
// reach into.
std::vector<double> squares(const at::Tensor &x, int64_t from, int64_t n);

// flat_norm is the Euclidean norm of a flat tensor: the root of its squares' sum, in their order.
double flat_norm(const at::Tensor &x);

// fold adds flat fp32 tensors of the host's memory to another one, in their order. into, which may be undefined, takes the sum; that is
// cleared then.
void fold(const at::Tensor &sum, const std::vector<at::Tensor> &more, const at::Tensor &into);

// add_gradient adds a gradient to what was collected before. Where that is wider, LibTorch's operator would first make a copy as wide.
void add_gradient(const at::Tensor &into, const at::Tensor &gradient);

// A Rule is what an optimizer is told once.
struct Rule {
  bool lamb;  // otherwise AdamW
  double beta1, beta2, eps;
  double clip;   // the largest norm of a gradient; 0 does not clip
  double share;  // of a batch in an update: its loss' gradient is the loss scale times share
  int run;       // updates in a row after which the loss scale doubles; 0: it stays
};

// A Part of flat memory is a parameter that is trained.
struct Part {
  int64_t begin, count;
  double decay, rate;  // rate multiplies the learning rate
  bool adapt;          // LAMB's scaling
  int64_t moments;     // where its moments begin among those that are held
};

// Flat is what an optimizer works on: fp32 [P] each, m and v [as many as the parts have], and copy in another type or undefined. state is fp64, numbered as StepState of
// cuda/functions/arguments.h; root is fp32 [], what flows into the next step's loss.
struct Flat {
  at::Tensor value, grad, m, v, copy, state, root;
};

// An Updater makes steps on a device without the host's waiting: from the gradient's norm on all is decided there.
struct Updater {
  virtual ~Updater() = default;
  // step makes one with the learning rate, fp64 [1] on the device, and clears the gradient. squares is the sum of the gradient's squares,
  // likewise, where that is known: this is a share of a step then, and LAMB's ends with the directions in the gradient's place. It is
  // undefined where the step finds it.
  virtual void step(const at::Tensor &rate, const at::Tensor &squares) = 0;
  // walk ends LAMB's share of a step. lengths are the sums of squares of the values and of the directions of each part's whole parameter.
  virtual void walk(const double *lengths, size_t parts) = 0;
};

// A Measured value is added up times times: a number on the device, in place into of the sums.
struct Measured {
  at::Tensor value;
  double times;
  int64_t into;
};

}  // namespace gobert
