package corpus

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gobert/data"
	"gobert/internal/disk"
	"gobert/internal/testkit"
)

// killedFolder tells a child of TestKill where to build, killedTexts of what.
const killedFolder, killedTexts = "GOBERT_TEST_CORPUS", "GOBERT_TEST_TEXTS"

// TestKilled builds as the child of TestKill; by itself it does nothing. Shards are small, so that there is much to be caught at.
func TestKilled(t *testing.T) {
	folder, texts := os.Getenv(killedFolder), os.Getenv(killedTexts)
	if folder == "" {
		t.Skip("this is the child of TestKill")
	}
	o := NewBuildOptions()
	o.Paths, o.Tokenizer = []string{filepath.Join(texts, "a.txt"), filepath.Join(texts, "b.txt.gz")}, words(t)
	o.Folder, o.HeldOut, o.ShardSize, o.Workers = folder, 0.05, 1, 2
	o.Progress = func(Progress) { time.Sleep(2 * time.Millisecond) } // so that a kill meets every kind of moment
	if m := mustBuild(t, o); len(m.Shards) < 10 {
		t.Fatalf("got %d shards, the test needs many", len(m.Shards))
	}
}

// TestKill ends builds with SIGKILL at random moments until one goes through. Its files must be
// those of a build that nobody disturbed.
func TestKill(t *testing.T) {
	killed(t, "^TestKilled$").Again(t, testkit.Kills(3))
}

// killed is a child of a test that is killed while it reads two texts, and what it leaves.
func killed(t *testing.T, child string) testkit.KilledRun {
	t.Helper()
	texts := t.TempDir()
	text := corpusText(1) + corpusText(2)
	if err := os.WriteFile(filepath.Join(texts, "a.txt"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(texts, "b.txt.gz"), gzipped([]byte(text)), 0o644); err != nil {
		t.Fatal(err)
	}
	return testkit.KilledRun{
		Command: func(folder string) *exec.Cmd {
			cmd := exec.Command(os.Args[0], "-test.run", child)
			cmd.Env = append(os.Environ(), killedFolder+"="+folder, killedTexts+"="+texts)
			return cmd
		},
		Outcome: func(t testing.TB, folder string) string {
			var list strings.Builder
			files := contents(t, folder)
			for _, name := range slices.Sorted(maps.Keys(files)) {
				fmt.Fprintf(&list, "%s %x\n", name, sha256.Sum256([]byte(files[name])))
			}
			return list.String()
		},
		Compare: func(want, got string) string { return cmp.Diff(want, got) },
	}
}

// TestPartsKilled builds and joins parts as the child of TestKillOfParts.
func TestPartsKilled(t *testing.T) {
	folder, texts := os.Getenv(killedFolder), os.Getenv(killedTexts)
	if folder == "" {
		t.Skip("this is the child of TestKillOfParts")
	}
	o := NewBuildOptions()
	o.Paths, o.Tokenizer = []string{filepath.Join(texts, "a.txt"), filepath.Join(texts, "b.txt.gz")}, words(t)
	o.Folder, o.HeldOut, o.ShardSize, o.Workers = folder, 0.05, 1, 2
	slow := func(Progress) { time.Sleep(2 * time.Millisecond) } // so that a kill meets every kind of moment
	o.Progress = slow
	if !disk.IsThere(filepath.Join(folder, ManifestName)) {
		for number := 1; number <= 3; number++ {
			if _, err := BuildPart(t.Context(), o, data.Part{Number: number, Of: 3}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if m, err := Join(t.Context(), JoinOptions{Folder: folder, Progress: slow}); err != nil || len(m.Shards) < 10 {
		t.Fatal(err, m)
	}
}

// TestKillOfParts is TestKill for parts: what is joined at last are the files of a build that was neither divided nor disturbed.
func TestKillOfParts(t *testing.T) {
	killed(t, "^TestPartsKilled$").Again(t, testkit.Kills(3))
}
