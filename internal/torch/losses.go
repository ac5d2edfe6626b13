package torch

// #include "native/abi.h"
import "C"

import "github.com/sugarme/gotch/libtch"

// reductionMean is LibTorch's number for the mean over a batch.
const reductionMean = 1

// IgnoreIndex is the label that the cross-entropy leaves out, as in PyTorch.
const IgnoreIndex = -100

// CrossEntropy is the mean cross-entropy of logits [M,C] with labels [M] (int64; [IgnoreIndex] is left out). Class weights
// [C] may be nil; smoothing is the share of the label spread over all classes.
func (p *Pass) CrossEntropy(logits, labels, weights *Tensor, smoothing float64) *Tensor {
	p.begin("cross entropy", logits, labels, weights)
	libtch.AtgCrossEntropyLoss(p.cell, logits.get(), labels.get(), libtch.Ctensor(weights.optional()), reductionMean, IgnoreIndex, smoothing)
	return p.end()
}

// MeanSquaredError is the mean of (prediction - target)^2.
func (p *Pass) MeanSquaredError(prediction, target *Tensor) *Tensor {
	p.begin("mean squared error", prediction, target, nil)
	libtch.AtgMseLoss(p.cell, prediction.get(), target.get(), reductionMean)
	return p.end()
}

// BinaryCrossEntropy is the mean over all entries of the cross-entropy of sigmoid(logits) with targets in [0,1]; weights
// (may be nil) multiply the positive term of each class.
func (p *Pass) BinaryCrossEntropy(logits, targets, weights *Tensor) *Tensor {
	p.begin("binary cross entropy", logits, targets, weights)
	libtch.AtgBinaryCrossEntropyWithLogits(p.cell, logits.get(), targets.get(), nil, libtch.Ctensor(weights.optional()), reductionMean)
	return p.end()
}
