package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/internal/fault"
	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// sayVerb says what it is given, in every way that there is.
type sayVerb struct {
	Text string `arg:""`
}

type sayers struct {
	Say sayVerb `cmd:""`
}

func (v *sayVerb) Run(s *Streams) error {
	fmt.Fprintln(s.Out, v.Text)
	fmt.Fprintln(s.Err, v.Text)
	s.Screen.Live(v.Text)
	s.Log.Warn(v.Text, "beside", v.Text)
	_, err := os.Open(v.Text)
	return err
}

const hostile = "a\x1b]0;owned\x07b\x1b[2Jc\u009b31md\u202ee\x7f"

func TestTextsAreEscapedForTerminalsOnly(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	seen, program := testkit.OpenTerminal(t)
	shown := make(chan string)
	go func() {
		var text []byte
		buffer := make([]byte, 1<<12)
		for !strings.Contains(string(text), "the end") {
			n, err := seen.Read(buffer)
			if text = append(text, buffer[:n]...); err != nil {
				break
			}
		}
		shown <- string(text)
	}()
	code := Main("tool", "A tool.", &sayers{}, []string{"say", hostile}, program, program)
	fmt.Fprintln(program, "the end")
	text := <-shown
	if code != Usage {
		t.Errorf("exit code %d", code)
	}
	for _, ours := range []string{eraseForTest, "\x1b[0m", "\x1b[31m", "\x1b[93m", "\x1b[2m", "\x1b[22m"} {
		text = strings.ReplaceAll(text, ours, "")
	}
	if strings.ContainsAny(text, "\x1b\x07\u009b\u202e\x7f") {
		t.Errorf("the terminal was steered: %q", text)
	}
	if n := strings.Count(text, `a\x1b]0;owned\x07b\x1b[2Jc\u009b31md\u202ee\x7f`); n < 5 {
		t.Errorf("the text is shown %d times: %q", n, text)
	}
	if code, out, talk := started(t, &sayers{}, "say", hostile); code != Usage || out != hostile+"\n" || strings.Count(talk, hostile) != 3 {
		t.Errorf("a pipe gets %q and %q, code %d", out, talk, code)
	}
}

const eraseForTest = "\r\x1b[K"

func TestLineEndsInNamesAreNoNewErrors(t *testing.T) {
	code, _, talk := started(t, &sayers{}, "say", "no\ntool: error: such")
	last := talk[strings.LastIndex(talk, "tool: error: open"):]
	if code != Usage || last != "tool: error: open no\\ntool: error: such: no such file or directory\n" {
		t.Errorf("code %d, %q", code, last)
	}
}

// roomHint stands below every error of a disk that is full.
const roomHint = "tool: hint: make room on the disk, or give a place on another one\n"

// TestFullStandardOutput: what cannot be written is an error, once, whatever the verb does about it.
func TestFullStandardOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("this machine has no /dev/full: %v", err)
	}
	defer full.Close()
	for _, args := range [][]string{{}, {"--help"}, {"--version"}, {"work"}, {"work", "--help"}, {"completion", "bash"}, {"completion", "zsh"}} {
		var talk strings.Builder
		code := Main("tool", "A tool.", &verbs{}, args, full, &talk)
		if code != Failed || strings.Count(talk.String(), "error") != 1 ||
			!strings.HasSuffix(talk.String(), "tool: error: writing standard output: no space left on device\n"+roomHint) {
			t.Errorf("%v: code %d, %q", args, code, talk.String())
		}
	}
	// A fault of the verb's own is not hidden behind it.
	var talk strings.Builder
	if code := Main("tool", "A tool.", &verbs{}, []string{"work", "--fail", "usage"}, full, &talk); code != Usage || !strings.Contains(talk.String(), "--count is 0") {
		t.Errorf("code %d, %q", code, talk.String())
	}
}

// TestClosedPipe: nobody is told that he stopped reading.
func TestClosedPipe(t *testing.T) {
	read, write := io.Pipe()
	read.Close()
	var talk strings.Builder
	if code := Main("tool", "A tool.", &verbs{}, []string{"work", "--quiet"}, write, &talk); code != Failed || strings.Contains(talk.String(), "error") {
		t.Errorf("code %d, %q", code, talk.String())
	}
}

func TestMissingArgumentIsUsage(t *testing.T) {
	folder := t.TempDir()
	for _, x := range []struct {
		err  error
		args []string
		want int
	}{
		{open(filepath.Join(folder, "none")), []string{"say", filepath.Join(folder, "none")}, Usage},
		{open(filepath.Join(folder, "none")), []string{"say", "--input=" + folder + "//none"}, Usage},
		{open(filepath.Join(folder, "none")), []string{"say", folder}, Failed},
		{read(folder), []string{"say", folder + "/"}, Usage},
		{fmt.Errorf("reading: %w", open(filepath.Join(folder, "none"))), []string{"say", filepath.Join(folder, "none")}, Usage},
		{errors.New("other"), []string{"other"}, Failed},
		{fault.Usage("%w", &torch.DeviceError{Name: "cuda", Why: errors.New("no driver")}), []string{"--device", "cuda"}, Failed},
	} {
		if got := exitCode(x.err, x.args); got != x.want {
			t.Errorf("%v with %v: code %d, want %d", x.err, x.args, got, x.want)
		}
	}
}

func open(path string) error {
	_, err := os.Open(path)
	return err
}

func read(path string) error {
	_, err := os.ReadFile(path)
	return err
}
