package badinput

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Agreed is what both commands' train answers with the same exit code. The table of docs/formats.md lists it.
type Agreed struct {
	Name string
	More []string // arguments behind a call in which all is well; {other} is a folder that holds a file
	Code int
}

// AgreedCodes are those of faults that both commands know.
func AgreedCodes() []Agreed {
	return []Agreed{
		{"an unknown flag", words("--stpes 3"), 2},
		{"a number beyond its bounds", words("--log-every=0"), 2},
		{"a word that is none of the flag's", words("--schedule wave"), 2},
		{"a file of settings that is not there", words("--config nowhere.json"), 2},
		{"data that are not there", words("--data nowhere"), 2},
		{"`--out` holds something else", words("--out {other}"), 2},
		{"`--freeze` fits nothing", words("--freeze head"), 2},
		{"a device of no known name", words("--device tpu"), 2},
		{"a device that the machine lacks", words("--device cuda:99"), 1},
	}
}

// Agrees tries all of them.
func (c *Command) Agrees(t *testing.T) {
	t.Setenv("HF_HUB_OFFLINE", "1")
	w := &World{t: t, good: t.TempDir()}
	c.make(w)
	var use Use
	for _, u := range c.uses(t) {
		if use.Verb == "" && strings.HasSuffix(u.Verb, " train") {
			use = u
		}
	}
	for _, x := range AgreedCodes() {
		w.Dir = t.TempDir()
		other := filepath.Join(w.Dir, "other")
		if err := os.MkdirAll(filepath.Join(other, "notes"), 0o755); err != nil {
			t.Fatal(err)
		}
		args := c.args(w, use, "", "")
		for _, more := range x.More {
			args = append(args, strings.ReplaceAll(more, "{other}", other))
		}
		if a := c.run(args...); a.Code != x.Code {
			t.Errorf("%s: code %d, expected %d\n%s", x.Name, a.Code, x.Code, a.Talk)
		}
	}
}
