package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"gobert/internal/cli"
)

// TestManifests: what the containers of deploy/ are started with, the command takes, with a small model in the place of each. Threads are of
// the whole process, in which other tests run, so the last word on them is one.
func TestManifests(t *testing.T) {
	paths, err := filepath.Glob("../../deploy/serve-*.yaml")
	if err != nil || len(paths) < 2 {
		t.Fatalf("%v, %v", paths, err)
	}
	folder := tiny(t)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for part := range strings.SplitSeq(string(text), "\n---\n") {
			var manifest any
			if err := yaml.Unmarshal([]byte(part), &manifest); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			for _, args := range calls(manifest) {
				found++
				for i, arg := range args {
					if name, _, is := strings.Cut(arg, "=/"); is {
						args[i] = name + "=" + folder
					}
				}
				var out, talk bytes.Buffer
				if code := cli.Main("serve", about, &commands{}, append(args, "--check", "--device", "cpu", "--threads", "1"), &out, &talk); code != cli.Done {
					t.Errorf("%s: %v: code %d\n%s", path, args, code, talk.String())
				}
			}
		}
		if found == 0 {
			t.Errorf("%s starts nothing", path)
		}
	}
}

// calls are the arguments of all containers below a value.
func calls(value any) (all [][]string) {
	switch x := value.(type) {
	case []any:
		for _, inner := range x {
			all = append(all, calls(inner)...)
		}
	case map[string]any:
		if list, ok := x["args"].([]any); ok {
			var args []string
			for _, arg := range list {
				args = append(args, arg.(string))
			}
			all = append(all, args)
		}
		for _, inner := range x {
			all = append(all, calls(inner)...)
		}
	}
	return all
}
