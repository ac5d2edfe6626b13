package main

import (
	"context"
	"io"
	"os"

	"gobert/data/textfile"
)

// listen makes standard input live where somebody may still be writing it, so that a text is answered when it comes, and an
// interrupt ends the waiting. Where the output is a file nobody waits for answers: full batches, which do not depend on moments,
// are the same when resumed.
func listen(ctx context.Context, in io.Reader, output string) io.Reader {
	f, ok := in.(*os.File)
	if !ok {
		return in
	}
	if info, err := f.Stat(); err != nil || info.Mode().IsRegular() {
		return in
	}
	if output != "-" {
		return textfile.NewLive(ctx, f, 0)
	}
	return textfile.NewLive(ctx, f, textfile.Pause)
}
