package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gobert/internal/cli"
)

// TestEachNextLineRuns follows what the verbs print, word by word and in a shell, from a text to the end, for texts of all small
// sizes. A run is cut to two steps, but for the smallest text, which takes exactly what is printed.
func TestEachNextLineRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains ten models")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "demo", "stories.txt"))
	if err != nil {
		t.Fatal(err)
	}
	documents := strings.Split(strings.TrimSpace(string(text)), "\n\n")
	sentences := strings.Split(strings.ReplaceAll(string(text), "\n\n", "\n"), "\n")
	longer := slices.DeleteFunc(slices.Clone(documents), func(document string) bool { return strings.Count(document, "\n") < 8 })
	stories := func(n int) string { return strings.Join(documents[:n], "\n\n") + "\n" }
	for _, x := range []struct {
		name, text, heldOut string // the last as 'data' says it
		exact               bool
	}{
		{"one sentence", "The cat sat on the mat.\n", "1 to train on, 0 held out", true},
		{"one document", stories(1), "1 to train on, 0 held out", false},
		{"two", stories(2), "2 to train on, 0 held out", false},
		{"three", strings.Join(longer[:3], "\n\n"), "3 to train on, held out: the last sentences of documents, 4 of", false},
		{"five", stories(5), "5 to train on, held out: the last sentences of documents, 4 of", false},
		{"ten", stories(10), "8 to train on, 2 held out", false},
		{"forty", stories(40), "38 to train on, 2 held out", false},
		{"a hundred and fifty", stories(150), "148 to train on, 2 held out", false},
		{"two hundred", stories(200), " held out", false},
		{"two thousand", stories(2000), " held out", false},
		{"one long document", strings.Join(sentences[:3000], "\n"), "1 to train on, held out: the last sentences of documents, 30 of 3000", false},
		{"sentences", strings.Join(sentences[:50], "\n\n"), "48 to train on, 2 held out", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("a text.txt", []byte(x.text), 0o644); err != nil {
				t.Fatal(err)
			}
			followNext(t, "pretrain vocab 'a text.txt' --out v", x.heldOut, x.exact)
			if x.exact {
				saysNothingIsHeldOut(t)
			}
		})
	}
}

// followNext runs a command, and then whatever is printed as the next, until a command names none.
func followNext(t *testing.T, command, heldOut string, exact bool) {
	t.Helper()
	named := regexp.MustCompile(`(?m)^next: pretrain (.*)$`)
	for _, verb := range []string{"vocab", "data", "train", "fill"} {
		words := shellWords(t, command)
		if words[0] != "pretrain" || words[1] != verb {
			t.Fatalf("%q is proposed, expected pretrain %s", command, verb)
		}
		if verb == "train" {
			words = append(words, "--threads", "1")
			if !exact {
				words = append(words, "--steps", "2")
			}
		}
		var stdout, stderr bytes.Buffer
		if code := catalogue.Main(words[1:], &stdout, &stderr); code != cli.Done {
			t.Fatalf("%s: exit code %d\n%s", command, code, stderr.String())
		}
		if verb == "data" && !strings.Contains(stdout.String(), heldOut) {
			t.Errorf("%s says\n%sexpected %q", command, stdout.String(), heldOut)
		}
		if verb == "fill" && strings.Count(stdout.String(), "\n") != 5 {
			t.Errorf("%s says\n%s", command, stdout.String())
		}
		if found := named.FindStringSubmatch(stderr.String()); found != nil {
			command = "pretrain " + found[1]
		} else if verb != "fill" {
			t.Fatalf("%s names no next command:\n%s", command, stderr.String())
		}
	}
}

// saysNothingIsHeldOut looks at the page and the card of a run that is measured on its own text.
func saysNothingIsHeldOut(t *testing.T) {
	t.Helper()
	var talk bytes.Buffer
	if code := catalogue.Main([]string{"report", "run"}, &talk, &talk); code != cli.Done {
		t.Fatalf("report: exit code %d\n%s", code, talk.String())
	}
	for file, want := range map[string]string{
		"report.html": "Measured on the very text that it was trained on: nothing was held out", "README.md": "(nothing is held out)",
	} {
		text, err := os.ReadFile(filepath.Join("run", file))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not say %q (%v)", file, want, err)
		}
	}
}

// shellWords splits a command line as a shell does.
func shellWords(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `set -- `+command+`; for word in "$@"; do echo "$word"; done`).Output()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", command, err))
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
