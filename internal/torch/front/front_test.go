package front

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestMain is also the program that the test runs, under a name that is not a test's.
func TestMain(m *testing.M) {
	if strings.HasSuffix(os.Args[0], ".test") {
		os.Exit(m.Run())
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	fmt.Fprintln(os.Stderr, "waiting:", waiting())
	for range 2 { // the second one does nothing
		Start()
	}
	fmt.Fprintln(os.Stderr, "waiting:", waiting())
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	fmt.Fprintln(os.Stderr, <-signals, os.Args[1:], os.Getenv("WORD"))
	os.Exit(3)
}

// TestConstructorsWait: main runs before any constructor does, and after Start they have run; arguments, environment, signals and the
// exit code are as ever.
func TestConstructorsWait(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if waiting() {
		t.Error("a test's own constructors wait")
	}
	tool := filepath.Join(t.TempDir(), "tool")
	if err := os.Symlink(self, tool); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool, "train", "-h")
	cmd.Env = append(os.Environ(), "WORD=said", "LD_DEBUG=libs") // the loader says which constructors it calls
	out, _ := cmd.CombinedOutput()
	said := regexp.MustCompile(`(?m)^waiting: .*|calling init: .*libc\.so\.6|^terminated .*`).FindAllString(string(out), -1)
	for i, line := range said {
		said[i], _, _ = strings.Cut(line, "init: ")
	}
	want := "waiting: true, calling , waiting: false, terminated [train -h] said"
	if got := strings.Join(said, ", "); got != want || cmd.ProcessState.ExitCode() != 3 {
		t.Errorf("%s, exit code %d, expected %s, 3\n%s", got, cmd.ProcessState.ExitCode(), want, out)
	}
}
