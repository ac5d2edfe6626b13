package badinput

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobert/internal/cli"
)

// Command is one of the two programs, as its test hands it over.
type Command struct {
	Name, About string
	New         func() any // its verbs, unparsed
}

// World holds the good inputs that bad ones are made of, and the folder in which a row may write.
type World struct {
	t      *testing.T
	good   string // good inputs, made once
	Dir    string // of the row
	shared string // of the shell that the row's process is under
	random *rand.Rand
	fresh  int
}

func words(line string) []string { return strings.Fields(line) }

// Good is the path of a good input.
func (w *World) Good(name string) string { return filepath.Join(w.good, files()[name]) }

// files are the names of the good inputs that are there before a row; the other names in braces are outputs.
func files() map[string]string {
	return map[string]string{
		"text": "text.txt", "tokenizer": "vocab", "vocabulary": "vocab/vocab.txt", "corpus": "corpus", "shape": "shape.json", "run": "run",
		"resumed": "run", "pretrained": "run", "config": "config.json", "model": "model", "tuned": "tuned", "adapted": "adapted",
		"labelled": "labelled.csv", "tagged": "tagged.conll", "questions": "questions.json", "texts": "texts.txt",
		"records": "records", "parts": "parts", "large": "large.txt", "largelabelled": "large.csv",
		"keys": "keys.txt", "certificate": "certificate.pem", "key": "key.pem",
	}
}

// outputs are the names in braces of what a verb writes.
func outputs() map[string]string {
	return map[string]string{
		"new": "new", "picture": "curves.png", "page": "page.html", "json": "result.json", "lines": "lines.jsonl", "vectors": "vectors.npy",
		"log": "access.jsonl",
	}
}

// fill puts paths in the place of the names in braces; bad stands in the place of one of them.
func (w *World) fill(args []string, of, bad string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		name, ok := strings.CutPrefix(arg, "{")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		switch output, found := outputs()[name]; {
		case name == of:
			args[i] = bad
		case found:
			args[i] = filepath.Join(w.Dir, output)
		default:
			args[i] = w.Good(name)
		}
	}
	return args
}

// File writes a file of the row.
func (w *World) File(name, text string) string {
	path := filepath.Join(w.Dir, name)
	w.must(os.MkdirAll(filepath.Dir(path), 0o755))
	w.must(os.WriteFile(path, []byte(text), 0o644))
	return path
}

// Copy copies a good input into the row's folder.
func (w *World) Copy(name string) string {
	w.fresh++
	to := filepath.Join(w.Dir, fmt.Sprintf("copy%d", w.fresh), filepath.Base(w.Good(name)))
	w.must(os.MkdirAll(filepath.Dir(to), 0o755))
	if info, err := os.Stat(w.Good(name)); err == nil && !info.IsDir() {
		text, err := os.ReadFile(w.Good(name))
		w.must(err)
		w.must(os.WriteFile(to, text, 0o644))
		return to
	}
	w.must(os.CopyFS(to, os.DirFS(w.Good(name))))
	return to
}

// Edit changes a file below a path, or the path itself.
func (w *World) Edit(path, name string, change func(text []byte) []byte) string {
	file := filepath.Join(path, name)
	text, err := os.ReadFile(file)
	w.must(err)
	w.must(os.WriteFile(file, change(text), 0o644))
	return path
}

func (w *World) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// Main is the command without a process.
func (c *Command) Main(args []string, stdout, stderr io.Writer) int {
	return cli.Main(c.Name, c.About, c.New(), args, stdout, stderr)
}

// run calls the command in this process. A call that does not end takes the whole test with it: nothing could stop it.
func (c *Command) run(args ...string) answer {
	var out, talk strings.Builder
	hung := time.AfterFunc(hangs, func() { panic(c.Name + " " + strings.Join(args, " ") + " does not end") })
	defer hung.Stop()
	before := spent()
	code := c.Main(args, &out, &talk)
	return answer{code, out.String(), talk.String(), spent() - before}
}

// spent is the processor's time that this process took so far.
func spent() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
