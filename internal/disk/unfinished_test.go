package disk

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// names lists a folder.
func listed(t *testing.T, folder string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestCleanKnowsItsOwn: what a killed writer left goes, what was put aside comes back, and nothing of the user's is touched.
func TestCleanKnowsItsOwn(t *testing.T) {
	folder := t.TempDir()
	users := []string{".gobert-notes", ".hidden", ".run.json.partial-12", ".run.json.swp", "a.gobert-1", "run.json", ".x.gobert-old", ".x.gobert-1a"}
	for _, name := range users {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{Growing(filepath.Join(folder, "shard.bin")), filepath.Join(folder, ".run.json.gobert-123"), filepath.Join(folder, LockName)} {
		if err := os.WriteFile(path, []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{".step-000000005.gobert-77", ".best.gobert-88", ".best.gobert-old-88", ".run.json.gobert-old-9"} {
		if err := os.MkdirAll(filepath.Join(folder, name, "inner"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	temporary, err := os.MkdirTemp(Pattern(filepath.Join(folder, "model")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(temporary, Aside(temporary)); err != nil { // killed before the new one had the name
		t.Fatal(err)
	}
	content, err := Content(folder)
	if err != nil || len(content) != len(users) {
		t.Errorf("content is %v, %v: expected %v", content, err, users)
	}
	if err := Clean(folder, filepath.Join(folder, "nowhere")); err != nil {
		t.Fatal(err)
	}
	want := []string{".gobert-notes", ".gobert.lock", ".hidden", ".run.json.partial-12", ".run.json.swp", ".x.gobert-1a", ".x.gobert-old", "a.gobert-1", "best", "model", "run.json"}
	if diff := cmp.Diff(want, listed(t, folder)); diff != "" {
		t.Error(diff)
	}
}

func TestCleanBesideLeavesOthers(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{".a.npy.gobert-1", ".b.npy.gobert-1", "a.npy"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := CleanBeside(filepath.Join(folder, "a.npy")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".b.npy.gobert-1", "a.npy"}, listed(t, folder)); diff != "" {
		t.Error(diff)
	}
}
