// Package over opens LoRA adapters over a model that is in memory, and takes several of them through one pass.
//
// A network over a base has an encoder whose parameters are the base's, adapters and a head of its own. A pass multiplies all rows by a weight of
// the base at once, and then the rows of each network by its adapter's two small matrices: who reads which rows is a route.
//
// Files: open.go (an adapter's folder), routes.go (rows, and what is added to them), together.go (batches of several networks in one pass).
package over
