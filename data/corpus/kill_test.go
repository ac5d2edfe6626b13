package corpus

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// killedFolder tells a child of TestKill where to build.
const killedFolder = "GOBERT_TEST_CORPUS"

// killable are the options of the child: small shards, so that there is much to be caught at.
func killable(t *testing.T, folder string) BuildOptions {
	o := NewBuildOptions()
	o.Paths, o.Tokenizer = []string{filepath.Join(folder, "a.txt"), filepath.Join(folder, "b.txt.gz")}, words(t)
	o.Folder, o.HeldOut, o.ShardSize, o.Workers = filepath.Join(folder, "corpus"), 0.05, 1, 2
	return o
}

// TestKilled builds as the child of TestKill; by itself it does nothing.
func TestKilled(t *testing.T) {
	folder := os.Getenv(killedFolder)
	if folder == "" {
		t.Skip("this is the child of TestKill")
	}
	o := killable(t, folder)
	o.Progress = func(Progress) { time.Sleep(2 * time.Millisecond) } // so that a kill meets every kind of moment
	mustBuild(t, o)
}

// TestKill ends builds with SIGKILL at random moments until one goes through. Its files must be
// those of a build that nobody disturbed.
func TestKill(t *testing.T) {
	folder := t.TempDir()
	text := corpusText(1) + corpusText(2)
	if err := os.WriteFile(filepath.Join(folder, "a.txt"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "b.txt.gz"), gzipped([]byte(text)), 0o644); err != nil {
		t.Fatal(err)
	}
	whole := killable(t, folder)
	whole.Folder = filepath.Join(folder, "whole")
	if m := mustBuild(t, whole); len(m.Shards) < 10 {
		t.Fatalf("got %d shards, the test needs many", len(m.Shards))
	}
	rng := rand.New(rand.NewPCG(uint64(os.Getpid()), 1))
	kills := 0
	for limit := 100 * time.Millisecond; ; limit += 20 * time.Millisecond {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rng.Int64N(int64(limit))))
		child := exec.CommandContext(ctx, os.Args[0], "-test.run", "^TestKilled$")
		child.Env = append(os.Environ(), killedFolder+"="+folder)
		out, err := child.CombinedOutput()
		killed := ctx.Err() != nil
		cancel()
		if err == nil {
			break
		}
		if !killed {
			t.Fatalf("after %d kills a build failed: %v\n%s", kills, err, out)
		}
		kills++
	}
	t.Logf("killed %d times", kills)
	if !cmp.Equal(contents(t, whole.Folder), contents(t, filepath.Join(folder, "corpus"))) {
		t.Errorf("after %d kills the files differ from those of a build that went through", kills)
	}
}
