package badinput

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gobert/internal/cli"
)

// TestForeignWords: Go's words are found, and a command line that a message quotes is not.
func TestForeignWords(t *testing.T) {
	for talk, bad := range map[string]bool{
		"x: error: panic: no\n": true, "x: error: it panicked\n": true, "x: error: panic({0x1})\n": true, "x: error: main.go:7: no\n": true, "x: error: <nil>\n": true,
		"x: error: it is being written by process 7: faults.test -test.paniconexit0 -test.timeout=10m0s\n": false,
	} {
		r := Row{Code: cli.Failed}
		if faults := r.check("x", answer{Code: cli.Failed, Talk: talk}); len(faults) > 0 != bad {
			t.Errorf("%q: %v", talk, faults)
		}
	}
}

// TestAgreedCodesAreInTheGuide: the table of exit codes is what both commands are held to.
func TestAgreedCodesAreInTheGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range AgreedCodes() {
		if row := fmt.Sprintf("| %s | %d |\n", x.Name, x.Code); !strings.Contains(string(guide), row) {
			t.Errorf("docs/formats.md lacks %s", row)
		}
	}
}
