package badinput

import (
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"gobert/internal/cli"
)

// slow is how much of the processor's time an answer may take: what other processes do here is no fault of it.
const slow = 20 * time.Second

// hangs is when one is given up: so late, since many others may be at work here, and before go test ends all without its name.
const hangs = 20 * time.Minute

// Run runs every row against every use of the command's verbs.
func (c *Command) Run(t *testing.T) {
	t.Setenv("HF_HUB_OFFLINE", "1") // a name that is no folder is not looked up
	t.Setenv("NO_COLOR", "1")
	w := &World{t: t, good: t.TempDir()}
	c.make(w)
	uses := c.uses(t)
	for _, use := range uses {
		w.Dir = t.TempDir()
		a := c.run(c.args(w, use, "", "")...)
		if a.Code != 0 {
			t.Errorf("%s %v is no good use: code %d, %s", use.Verb, use.Args, a.Code, a.Talk)
		}
		c.full(t, w, use, a.Out != "")
	}
	if t.Failed() {
		return
	}
	children := map[string]*child{}
	t.Cleanup(func() {
		for _, k := range children {
			k.end(t)
		}
	})
	count, runs := 0, 0
	for _, row := range append(Rows(), c.numbers(t)...) {
		chosen := row.uses(uses)
		for _, use := range chosen {
			t.Run(row.Name+"/"+strings.TrimPrefix(use.Verb, c.Name+" "), func(t *testing.T) { c.try(t, w, children, &row, use) })
		}
		if runs += len(chosen); len(chosen) > 0 {
			count++
		}
	}
	t.Logf("%d rows, %d runs", count, runs)
}

// share is how many verbs a row that all of them answer by the same code is tried on: one in so many, each row on others.
const share = 3

// long says that all is tried as it is used.
func long() bool { return os.Getenv("GOBERT_LONG") != "" }

// uses are those that a row is tried on. A shared row's name decides which they are; with GOBERT_LONG they are all.
func (r *Row) uses(all []Use) (chosen []Use) {
	tried := map[string]bool{}
	for _, use := range all {
		key := use.Verb + r.of(use)
		if !r.holds(use) || r.First && tried[key] {
			continue
		}
		tried[key] = true
		chosen = append(chosen, use)
	}
	if !r.Shared || long() {
		return chosen
	}
	var some []Use
	for i, use := range chosen {
		if (uint32(i)+crc32.ChecksumIEEE([]byte(r.Name)))%uint32(min(share, len(chosen))) == 0 {
			some = append(some, use)
		}
	}
	return some
}

// holds says whether a row is about an input of a use.
func (r *Row) holds(use Use) bool {
	if len(r.Only) > 0 && !slices.Contains(r.Only, use.Verb) || slices.Contains(r.Not, use.Verb) {
		return false
	}
	return slices.ContainsFunc(strings.Split(r.Of, "|"), func(of string) bool { return of == "" || slices.Contains(use.Args, "{"+of+"}") })
}

// of is the input of a use that a row makes bad.
func (r *Row) of(use Use) string {
	for of := range strings.SplitSeq(r.Of, "|") {
		if slices.Contains(use.Args, "{"+of+"}") {
			return of
		}
	}
	return ""
}

func (c *Command) args(w *World, use Use, of, bad string) []string {
	return append([]string{strings.TrimPrefix(use.Verb, c.Name+" ")}, w.fill(use.Args, of, bad)...)
}

// try runs one row against one use.
func (c *Command) try(t *testing.T, w *World, children map[string]*child, row *Row, use Use) {
	s := row.Through
	here := *w
	here.t, here.Dir, here.random = t, t.TempDir(), rand.New(rand.NewPCG(1, 2))
	here.shared = here.Dir
	if s != nil {
		s.probed(t)
		if s.alone || long() {
			t.Parallel() // many only wait
		} else {
			if children[s.script] == nil {
				children[s.script] = c.start(w.t, s)
			}
			here.shared = children[s.script].dir
		}
	}
	bad := ""
	if row.Make != nil {
		bad = row.Make(&here)
	}
	args := append(c.args(&here, use, row.of(use), bad), row.More...)
	var a answer
	switch {
	case s == nil:
		a = c.run(args...)
	case here.shared == here.Dir:
		a = c.process(t, s, here.Dir, args)
	default:
		var ended bool
		if a, ended = children[s.script].row(args); ended {
			delete(children, s.script)
		}
	}
	faults := row.check(c.Name, a)
	if a.Took > slow {
		faults = append(faults, "it took "+a.Took.String())
	}
	faults = append(faults, debris(here.Dir)...)
	for _, fault := range faults {
		t.Errorf("%s", fault)
	}
	if len(faults) > 0 {
		t.Logf("%s %s\n%s%s", c.Name, strings.Join(args, " "), a.Talk, a.Out)
	}
}

// debris lists what a command left that is neither what was there before nor its output.
func debris(dir string) (faults []string) {
	_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
		if name := filepath.Base(path); strings.Contains(name, ".partial") || strings.HasPrefix(name, ".try-") || strings.HasPrefix(name, ".rehearsal") {
			faults = append(faults, "it left "+path)
		}
		return nil
	})
	return faults
}

// uses are those of the command; a verb that has none, or a flag of a path that stands in none, is a fault of the catalogue.
func (c *Command) uses(t *testing.T) (uses []Use) {
	for _, use := range Uses() {
		if strings.HasPrefix(use.Verb, c.Name+" ") {
			uses = append(uses, use)
		}
	}
	for _, node := range c.model(t).Children {
		verb := c.Name + " " + node.Name
		if !slices.ContainsFunc(uses, func(use Use) bool { return use.Verb == verb }) {
			t.Errorf("the verb %q has no line in Uses", verb)
		}
	}
	return uses
}

// model is the command's declaration, as its parser has it.
func (c *Command) model(t *testing.T) *kong.Application {
	t.Helper()
	model, err := cli.Declaration(c.Name, c.About, c.New())
	if err != nil {
		t.Fatal(err)
	}
	return model
}
