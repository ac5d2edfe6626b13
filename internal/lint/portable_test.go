package lint

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// maxText is the size above which a file is data, not text that a person wrote.
const maxText = 1 << 20

var (
	// A path below one of these folders exists on one machine only. In an address or after a
	// variable (https://host/home, $PREFIX/opt) it is no such path.
	machinePath = regexp.MustCompile(`(?:^|[\s"'=(\x60:])/(?:work|root|home|opt|mnt)/[a-z]`)
	// KServe puts models there, in every pod.
	kserveFolder = []byte("/mnt/models")
	// Where packages come from is the user's own setting of pip and go.
	registryHost = regexp.MustCompile(`pypi\.(?:org|python)|pythonhosted|proxy\.golang|goproxy\.|sum\.golang`)
)

func TestNothingNamesThisMachine(t *testing.T) {
	files(t, func(path string) {
		info, err := os.Stat(filepath.Join(root, path))
		if err != nil || info.Size() > maxText {
			return
		}
		src, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range bytes.Split(src, []byte("\n")) {
			if found := machinePath.Find(bytes.ReplaceAll(line, kserveFolder, nil)); found != nil {
				t.Errorf("%s:%d: a path of one machine: %q", path, i+1, bytes.TrimSpace(found))
			}
			if found := registryHost.Find(line); found != nil && path != "internal/lint/portable_test.go" {
				t.Errorf("%s:%d: a package registry's host: %q", path, i+1, found)
			}
		}
	})
}
