// Package int8 multiplies in eight-bit integers on the CPU, for models that are used and not trained.
//
// # What is computed
//
// A weight [out,in] is integers from -127 to 127 and one scale for each output (symmetric: zero is 0). Activations become such integers
// row by row as they come, with a step of their own for each row, so nothing has to be calibrated and no row knows its neighbours:
//
//	scale[c] = max|W[c,:]| / 127       w = round(W[c,:] * (127 / max|W[c,:]|))
//	step[r]  = max|x[r,:]| / 127       q = round(x[r,:] * (127 / max|x[r,:]|))
//	y[r,c]   = sum(q[r,:] w[c,:]) * (step[r] * scale[c]) + bias[c]
//
// Sums are exact in 32 bits, and the rest is fp32 whose every operation is rounded by itself (ties to even), in one order. So all cores
// give the same bits, on all machines, however rows are batched and divided among threads. A row that holds NaN or infinity gives NaN.
//
// # How
//
// Weights are packed once, in blocks of 16 outputs (core.h), in their own memory. A core (portable.cpp, avx2.cpp, vnni.cpp, amx.cpp) keeps
// the sums of up to eight rows and 48 outputs in registers while it goes through the inputs once; the scale, the bias and GELU follow
// while they are near. linear.cpp cuts the work in chunks for the threads of kernels/team.h: many rows by rows, few by weights.
//
// Files: int8.h (what package torch sees), core.h (what a core is), cores.cpp (which one computes), amx.h and amx_shim.cpp (AMX, and
// what stands in for its tiles in tests), store.h (the end of every core), rows.cpp (loops over rows: quantization, GELU, tables), pack.cpp,
// weight.cpp (matrices), linear.cpp (products).
package int8
