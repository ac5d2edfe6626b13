package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/labelled/dataset"
	"gobert/internal/cli"
	"gobert/internal/disk"
)

// writeSubmission writes the file that GLUE's server takes.
func writeSubmission(dir, task, input string, labels []string) error {
	t, ok := dataset.FindGLUE(task)
	if !ok {
		return fmt.Errorf("--glue-submission: %q is no task of GLUE (hint: --task names it)", task)
	}
	split := dataset.Test
	if strings.Contains(filepath.Base(input), "mismatched") {
		split = dataset.TestMismatched
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return disk.Stream(filepath.Join(dir, t.SubmissionFile(split)), func(w io.Writer) error { return t.WriteSubmission(w, labels) })
}

// notItself refuses to write over what is read.
func notItself(input, output string) error {
	in, missing := os.Stat(input)
	out, free := os.Stat(output)
	if missing == nil && free == nil && in.Mode().IsRegular() && os.SameFile(in, out) {
		return &cli.UsageError{Err: fmt.Errorf("--output %s is the file that is read (hint: give another name)", output)}
	}
	return nil
}
