package torch

// #include "native/abi.h"
import "C"

// Seed sets LibTorch's own random generator of a device.
func Seed(seed uint64, device Device) error {
	return Run(func() error {
		check("seed", C.gb_seed(C.uint64_t(seed), C.int(device.Index())))
		return nil
	})
}

// GeneratorState is the state of a device's generator, to be given back to [SetGeneratorState].
func GeneratorState(device Device) (state []byte, err error) {
	err = Run(func() error {
		var out C.gb_tensor
		check("generator state", C.gb_generator_state(&out, C.int(device.Index())))
		t := &Tensor{h: handle(out)}
		defer t.Free()
		state = t.Bytes()
		return nil
	})
	return state, err
}

// SetGeneratorState makes a device's generator go on from a state taken before.
func SetGeneratorState(state []byte, device Device) error {
	return Run(func() error {
		t := NewFrom(state, CPU, int64(len(state)))
		defer t.Free()
		check("set generator state", C.gb_set_generator_state(t.c(), C.int(device.Index())), t)
		return nil
	})
}
