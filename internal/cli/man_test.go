package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestManualIsAccepted: the programs that show manual pages have nothing to complain about, and what they show is what was declared.
func TestManualIsAccepted(t *testing.T) {
	t.Setenv(epoch, "1000000000")
	code, page, talk := started(t, &verbs{}, "man")
	if code != Done || !strings.HasPrefix(page, ".TH TOOL 1 2001-09-09 ") {
		t.Fatalf("code %d, %s\n%s", code, talk, page)
	}
	path := filepath.Join(t.TempDir(), "tool.1")
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) (out string, found bool) {
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), "LC_ALL=C", "MANWIDTH=100", "MAN_KEEP_FORMATTING=")
		var complaints bytes.Buffer
		cmd.Stderr = &complaints
		text, err := cmd.Output()
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("%s is not here", name)
			return "", false
		}
		if err != nil || complaints.Len() > 0 {
			t.Errorf("%s: %v\n%s%s", name, err, text, complaints.String())
		}
		return string(text), true
	}
	if out, _ := run("mandoc", "-Tlint", "-Wwarning", path); out != "" {
		t.Errorf("mandoc: %s", out)
	}
	if out, found := run("man", "--warnings", "-l", path); found {
		for _, want := range []string{"tool - A tool", "--[no-]deep", `--kind="a"`, "Which kind: it's [a] or b.", "    tool work --count 3", "Exit codes: 0 done"} {
			if !strings.Contains(out, want) {
				t.Errorf("man does not show %q:\n%s", want, out)
			}
		}
		if strings.Contains(out, "wait") {
			t.Errorf("man shows a hidden verb:\n%s", out)
		}
	}
	t.Setenv(epoch, "yesterday")
	if code, _, talk := started(t, &verbs{}, "man"); code != Usage || !strings.Contains(talk, epoch) {
		t.Errorf("a date that is none: code %d, %s", code, talk)
	}
}
