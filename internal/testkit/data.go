package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

// Data returns a file or folder of the real data, or skips the test.
func Data(tb testing.TB, parts ...string) string {
	tb.Helper()
	path := filepath.Join(append([]string{folder(tb)}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("no real data to read (set BERT_DATA): %v", err)
	}
	return path
}

// folder is where the public data sets that some tests and benchmarks read would be: $BERT_DATA, by default shared/data beside the
// checkout. They are never part of the repository. Tests run in their package's folder, somewhere in the checkout.
func folder(tb testing.TB) string {
	tb.Helper()
	if set := os.Getenv("BERT_DATA"); set != "" {
		path, err := filepath.Abs(set)
		if err != nil {
			tb.Fatal(err)
		}
		return path
	}
	at, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(at), "shared", "data")
		}
		up := filepath.Dir(at)
		if up == at {
			tb.Fatal("the tests do not run in a checkout: there is no go.mod above them")
		}
		at = up
	}
}
