package torch

// #include "native/fused.h"
// #include <stdlib.h>
import "C"

import "unsafe"

// quickGELU is x sigmoid(1.702 x), of operators: models with it are too few for kernels of their own.
const quickGELU = "quick_gelu"

// alike are names that config.json has for a function that has another one, too: they differ in how they are computed, by less than fp32
// tells apart.
var alike = map[string]string{"gelu_python": "gelu", "gelu_accurate": "gelu_new", "gelu_fast": "gelu_new", "gelu_python_tanh": "gelu_new"}

// known is the name that kernels know a function by.
func known(kind string) string {
	if name, ok := alike[kind]; ok {
		return name
	}
	return kind
}

// Activation applies one of config.json's hidden_act functions element by element.
func (p *Pass) Activation(x *Tensor, kind string) *Tensor {
	if kind == quickGELU {
		return p.Mul(x, p.Sigmoid(p.Scale(x, 1.702)))
	}
	name := C.CString(known(kind))
	defer C.free(unsafe.Pointer(name))
	p.begin("activation", x, nil, nil)
	return p.take(C.gb_activation(p.out(), x.c(), name))
}
