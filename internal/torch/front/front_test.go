package front

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain is also the program that the test runs, under a name that is not a test's.
func TestMain(m *testing.M) {
	if strings.HasSuffix(os.Args[0], ".test") {
		os.Exit(m.Run())
	}
	fmt.Println("answers:", answering())
	if os.Getenv("GO_ON") == "" {
		return
	}
	if err := Start(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(os.Args[1:], os.Getenv("GO_ON"), "left:", os.Getenv(pass))
}

func TestQuestions(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tool := filepath.Join(t.TempDir(), "tool")
	if err := os.Symlink(self, tool); err != nil {
		t.Fatal(err)
	}
	run := func(environment, line string) string {
		cmd := exec.Command(tool, strings.Fields(line)...)
		cmd.Env = append(os.Environ(), environment)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", line, err, out)
		}
		return string(out)
	}
	for line, want := range map[string]bool{
		"": true, "--help": true, "-h": true, "help": true, "help train": true, "train --help": true, "train --batch 3 -h": true, "--version": true,
		"completion bash": true, "man": true, "train --version": true,
		"train": false, "train help": false, "predict -- --help": false, "predict --help-me": false, "fill man": false, "predict x=-h": false,
	} {
		if got := run("GO_ON=", line); got != fmt.Sprintln("answers:", want) {
			t.Errorf("%q: %q, expected %t", line, got, want)
		}
	}
	// What was no question begins anew: once, with all that it was called with, and with nothing left for programs that it starts.
	if got, want := run("GO_ON=on", "train --help"), "answers: true\nanswers: false\n[train --help] on left: \n"; got != want {
		t.Errorf("%q, expected %q", got, want)
	}
}
