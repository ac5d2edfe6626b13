package disk

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWriteReplacesAndLeavesNothingElse(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	for _, text := range []string{"first", "second"} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	}
	// A folder cannot be replaced by a file: the write fails at its last step.
	if err := os.Mkdir(filepath.Join(folder, "taken"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(folder, "taken"), []byte("text")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v: expected the file and the folder", entries, err)
	}
}

// TestAPipeIsWrittenAsItStands: what is no file is not replaced by one.
func TestAPipeIsWrittenAsItStands(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("no pipe can be made here: %v", err)
	}
	reader, err := os.OpenFile(path, os.O_RDWR, 0) // this end too, so that nobody waits for another
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := JSON(path, 7); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Fatalf("the pipe is replaced: %v, %v", info, err)
	}
	text := make([]byte, 9)
	if n, err := reader.Read(text); err != nil || string(text[:n]) != "7\n" {
		t.Errorf("read %q, %v", text[:n], err)
	}
}

func TestLinkReplacesAndOutlivesItsSource(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "from"), filepath.Join(folder, "to")
	for name, put := range map[string]func(from, to string) error{"linked": Link, "copied": Copy} {
		if err := Write(from, []byte(name)); err != nil {
			t.Fatal(err)
		}
		if err := put(from, to); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(from); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(to); err != nil || string(got) != name {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if err := Link(from, to); err == nil {
		t.Error("a file that is not there was linked")
	}
	// Renaming one name of a file to another name of it does nothing.
	again := filepath.Join(folder, "again")
	for range 2 {
		if err := Link(to, again); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(again); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v: expected one file", entries, err)
	}
}
