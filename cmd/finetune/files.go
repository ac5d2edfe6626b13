package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/labelled/dataset"
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// writeSubmission writes the file that GLUE's server takes.
func writeSubmission(dir, task, input string, labels []string) error {
	t, ok := dataset.FindGLUE(task)
	if !ok {
		return fault.New("{glue-submission}: %q is no task of GLUE", task).Advise("{task} names it")
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
		return fault.Usage("{output} %s is the file that is read", output).Advise("give another name")
	}
	return nil
}
