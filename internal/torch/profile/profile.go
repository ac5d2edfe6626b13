// Package profile is LibTorch's profiler for package torch, in C++ behind profile.h. It is a package of its own because its
// headers take long to compile and change with no other.
package profile

// #cgo CXXFLAGS: -std=c++17 -O1 -Wall -Wno-sign-compare -Wno-unused-function
// #cgo LDFLAGS: -lstdc++
import "C"

import _ "gobert/internal/torch/need" // says what to do when LibTorch is not set up, before C++ fails
