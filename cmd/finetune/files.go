package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/tasks/glue"
)

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(w io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".partial-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	buffered := bufio.NewWriterSize(f, 1<<16)
	if err := errors.Join(write(buffered), buffered.Flush(), f.Sync(), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeSubmission writes the file that GLUE's server takes.
func writeSubmission(dir, task, input string, labels []string) error {
	t, ok := glue.Find(task)
	if !ok {
		return fmt.Errorf("--glue-submission: %q is no task of GLUE (hint: --task names it)", task)
	}
	split := glue.Test
	if strings.Contains(filepath.Base(input), "mismatched") {
		split = glue.TestMismatched
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, t.SubmissionFile(split)), func(w io.Writer) error { return t.WriteSubmission(w, labels) })
}
