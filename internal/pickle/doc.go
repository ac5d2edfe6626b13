// Package pickle reads the weights in files of torch.save, such as pytorch_model.bin, safely.
//
// Such a file is a program for Python's pickle machine, which may call anything. This package
// runs the machine, but knows the handful of constructors that tensors need and refuses every
// other by name; nothing is ever called.
//
//	file, err := pickle.Open("pytorch_model.bin")
//	if err != nil {
//		return err
//	}
//	defer file.Close() // after the last use of any tensor's Data
//	for _, tensor := range file.Tensors() {
//		fmt.Println(tensor.Name, tensor.DType, tensor.Shape)
//	}
//
// Both containers are read: the zip archive (since PyTorch 1.6; mapped, not copied) and the
// legacy one. Tensors that share a storage share their Data. A file can make this package
// allocate a small multiple of its own size, never more.
//
// Files:
//
//   - file.go: Open, File
//   - machine.go: the pickle machine and its stack
//   - opcodes.go: what each instruction does
//   - constructors.go: the only things a pickle may name
//   - tensor.go: storages, strides, tensors
//   - statedict.go: from the pickled object to named tensors
//   - archive.go: the zip container
//   - legacy.go: the container before PyTorch 1.6
package pickle
