// Package scripts tests the shell scripts of this folder; it has no Go code of its own.
//
// install-libtorch.sh brings LibTorch into a cache per user and writes the settings that cgo needs
// (its parts lie in libtorch/). The tests run it offline, against a pip that copies a small wheel.
//
//	go test ./scripts
package scripts
