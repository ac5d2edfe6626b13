// Package lint holds the rules of the architecture as tests, so that they stay true.
//
// There is nothing to import here. Run the rules with
//
//	go test ./internal/lint
//
// They need neither cgo nor LibTorch: packages are looked at through "go list" and sources are
// parsed, never compiled. A rule about a package that does not exist yet holds.
//
// Files:
//
//   - imports_test.go: who may import whom, and where cgo is allowed
//   - architecture_test.go: the picture of docs/ARCHITECTURE.md is true
//   - dependencies_test.go: every module is defended
//   - sources_test.go: what Go and C++ files look like
//   - goapi_test.go: the blocks of docs/go-api.md are examples
//   - learn_test.go: the lines of code that docs/learn.md points at are there
//   - portable_test.go: nothing names one particular machine
//   - module_test.go: how the rules see the module
package lint
