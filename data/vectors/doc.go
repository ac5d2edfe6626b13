// Package vectors writes vectors for others to read: as NumPy's .npy, as .safetensors, or as JSON Lines.
//
//	w, err := vectors.Create("vectors.npy", vectors.Options{Width: embedder.Width})
//	defer w.Abort() // does nothing after Close
//	_, err = embedder.Stream(ctx, texts, w.Add)
//	err = w.Close()
//
// Files: writer.go (Create, Writer), format.go (what stands before the numbers, and how they are written).
package vectors
