package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModelsAreRead: names, folders, and which of them are adapters over which.
func TestModelsAreRead(t *testing.T) {
	adapter := t.TempDir()
	if err := os.WriteFile(filepath.Join(adapter, "adapter_config.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, folder := range []string{"runs", "a=b"} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for line, want := range map[string][]named{
		"runs":                                   {{folder: "runs", names: []string{"runs"}}},
		"a=b":                                    {{folder: "a=b", names: []string{"a=b"}}},
		"x,y=runs":                               {{folder: "runs", names: []string{"x", "y"}}},
		"x,y=runs y:m,n=" + adapter:              {{folder: "runs", names: []string{"x", "y"}}, {base: "y", folder: adapter, names: []string{"m", "n"}}},
		"runs bert:tiny=runs":                    {{folder: "runs", names: []string{"runs"}}, {folder: "runs", names: []string{"bert:tiny"}}},
		"runs x:m=" + adapter:                    nil,
		"runs runs:=" + adapter:                  nil,
		"runs runs:m=" + adapter + " m:n=" + "a": {{folder: "runs", names: []string{"runs"}}, {base: "runs", folder: adapter, names: []string{"m"}}, {base: "m", folder: "a", names: []string{"n"}}},
	} {
		got, err := (&runVerb{Models: strings.Fields(line)}).models()
		if (err != nil) != (want == nil) {
			t.Errorf("%s: %v", line, err)
		}
		if different := cmp.Diff(want, got, cmp.AllowUnexported(named{})); err == nil && different != "" {
			t.Errorf("%s: %s", line, different)
		}
	}
}

// TestHostsAreThoseListenedOn: who listens on a name is asked by that name.
func TestHostsAreThoseListenedOn(t *testing.T) {
	v := &runVerb{Listen: []string{"127.0.0.1:8080", "gpu-box:80", ":8081", "[::1]:80", "unix:/run/a:b"}}
	if different := cmp.Diff([]string{"127.0.0.1", "gpu-box", "::1"}, v.hosts()); different != "" {
		t.Error(different)
	}
}
