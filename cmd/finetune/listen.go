package main

import (
	"io"
	"os"

	"gobert/data/tasks"
)

// listen makes standard input live, so that a text is answered when it comes. It stays as it is where it is a regular file, and
// where the output is one: nobody waits there, and full batches, which do not depend on moments, are the same when resumed.
func listen(in io.Reader, output string) io.Reader {
	f, ok := in.(*os.File)
	if !ok || output != "-" {
		return in
	}
	if info, err := f.Stat(); err != nil || info.Mode().IsRegular() {
		return in
	}
	return tasks.NewLive(f)
}
