// Package loader turns a source of examples into batches: shuffled, packed to
// a budget of tokens or sequences, shared among processes, drawn ahead, and
// resumed at the exact batch.
//
// A [Source] says how many examples an epoch has and draws the i-th. The order
// of an epoch is a pseudo-random permutation that is computed, not stored, so
// a cursor of two numbers is all there is to save, and going on takes no longer
// at the end of an epoch than at its beginning. Batches are the same for any
// number of workers:
//
//	l, err := loader.New(ctx, source, loader.Options{Seed: 1, Epochs: 3, Tokens: 4096, Workers: 4})
//	defer l.Close()
//	for {
//		batch, cursor, err := l.Next(ctx)
//		if err == io.EOF {
//			break
//		}
//		// ... train; save the cursor with the checkpoint ...
//		l.Release(batch)
//	}
//
// The context given to New ends the loader; the one given to Next ends only
// that call. In a run of several processes with a budget of tokens, ranks have
// equally many sequences but may differ by a few batches: agree on the end.
//
// # Files
//
//   - loader.go: Loader: New, Next, Release, Close, Wait
//   - options.go: Options: what a batch is, and who draws it
//   - source.go: Source, Batch, Cursor: what a loader works on
//   - permutation.go: the order of an epoch
//   - window.go: what one worker draws at a time; buckets of equal length
//   - pack.go: cutting windows into batches
package loader
