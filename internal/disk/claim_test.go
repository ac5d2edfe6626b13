package disk

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain is another process that takes a folder and waits, where the environment says so.
func TestMain(m *testing.M) {
	if folder := os.Getenv("GOBERT_TEST_CLAIM"); folder != "" {
		if _, err := Claim(folder, nil); err != nil {
			fmt.Println(err)
		}
		fmt.Println("taken")
		select {}
	}
	os.Exit(m.Run())
}

// other starts a process that has the folder.
func other(t *testing.T, folder string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "train", "--out", folder)
	cmd.Env = append(os.Environ(), "GOBERT_TEST_CLAIM="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "taken\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return cmd
}

func TestOneProcessHasAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "run")
	cmd := other(t, folder)
	half := Growing(filepath.Join(folder, "file"))
	if err := os.WriteFile(half, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Claim(folder, nil)
	want := []string{folder + " is in use: it is being written by process ", fmt.Sprint(cmd.Process.Pid), ", since 2", " train --out " + folder, "(hint: "}
	for _, part := range want {
		if !IsHeld(err) || !strings.Contains(err.Error(), part) {
			t.Fatalf("got %v, expected %q in it", err, part)
		}
	}
	if _, err := os.Stat(half); err != nil {
		t.Errorf("the living process's unfinished file: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	c, err := Claim(folder, nil)
	if err != nil {
		t.Fatalf("after the other one was killed: %v", err)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("what the killed process left is still there")
	}
	c.Release()
	if content, err := os.ReadDir(folder); err != nil || len(content) > 0 {
		t.Errorf("left in the folder: %v, %v", content, err)
	}
}

func TestAFolderMadeForNothingGoes(t *testing.T) {
	root := t.TempDir()
	c, err := Claim(filepath.Join(root, "a", "b"), nil, "part")
	if err != nil {
		t.Fatal(err)
	}
	c.Release()
	if _, err := os.Stat(filepath.Join(root, "a")); err == nil {
		t.Error("an empty folder is left")
	}
	if c, err = Claim(filepath.Join(root, "a", "b"), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a", "b", "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c.Release()
	if content, err := os.ReadDir(filepath.Join(root, "a", "b")); err != nil || len(content) != 1 {
		t.Errorf("expected the file alone: %v, %v", content, err)
	}
}

// TestAReplacedFolder: who has a folder may replace it as a whole, lock and all.
func TestAReplacedFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "vocab")
	c, err := Claim(folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	second, err := Claim(folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Release()
	if _, err := Claim(folder, nil); !IsHeld(err) {
		t.Errorf("the lock of the second was removed by the first: %v", err)
	}
	second.Release()
}

func TestAFileIsTakenToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	c, err := ClaimFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ClaimFile(path, nil); !IsHeld(err) {
		t.Errorf("got %v", err)
	}
	c.Release()
	if content, err := os.ReadDir(filepath.Dir(path)); err != nil || len(content) > 0 {
		t.Errorf("left: %v, %v", content, err)
	}
	if c, err = ClaimFile(os.DevNull, nil); err != nil {
		t.Fatal(err)
	}
	c.Release()
}

// TestAFolderThatIsMissingIsNamed, and not the lock in it.
func TestAFolderThatIsMissingIsNamed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "missing")
	if _, err := ClaimFile(filepath.Join(folder, "x.json"), nil); err == nil || err.Error() != "open "+folder+": no such file or directory" {
		t.Error(err)
	}
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 255))
	if _, err := ClaimFile(long, nil); err == nil || err.Error() != "open "+long+": file name too long" {
		t.Error(err)
	}
}

// TestWithoutLocksItGoesOn: some network file systems have none.
func TestWithoutLocksItGoesOn(t *testing.T) {
	defer func() { flock = syscall.Flock }()
	flock = func(int, int) error { return syscall.ENOLCK }
	folder := filepath.Join(t.TempDir(), "run")
	var said []string
	for range 2 {
		c, err := Claim(folder, func(message string) { said = append(said, message) })
		if err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadDir(folder); err != nil || len(content) > 0 {
			t.Errorf("in the folder: %v, %v", content, err)
		}
		defer c.Release()
	}
	if len(said) != 2 || !strings.Contains(said[0], "this file system has no locks (no locks available)") {
		t.Errorf("said %q", said)
	}
}
