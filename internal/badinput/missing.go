package badinput

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gobert/internal/disk"
)

// wordless are tokenizers that lack a special token, in both forms.
func wordless() (rows []Row) {
	for _, token := range words("[UNK] [CLS] [SEP] [MASK]") {
		rename := func(text []byte) []byte { return []byte(strings.ReplaceAll(string(text), token, "something")) }
		rows = append(rows,
			Row{Name: "vocabulary without " + token, Of: "vocabulary", First: true, Code: 1, Says: regexpOf(token), Many: true, Make: func(w *World) string {
				return w.Edit(w.Copy("vocabulary"), "", rename)
			}},
			Row{Name: "tokenizer.json without " + token, Of: "tokenizer", Only: []string{"pretrain data"}, First: true, Code: 1, Says: "token", Many: true, Make: func(w *World) string {
				return w.Edit(w.Edit(w.Copy("tokenizer"), "tokenizer.json", rename), "vocab.txt", rename)
			}},
		)
	}
	return rows
}

// large are inputs that do not fit into the memory that a process may take.
func large() []Row {
	line := func(w *World) string { return w.File("long.txt", strings.Repeat("word ", 24<<20)) }
	return []Row{
		{Name: "a line that memory has no room for", Of: "text|texts", First: true, Code: 1, Says: `long\.txt.*(memory|longer)`, Through: &memory, Make: line},
		{Name: "a shape that memory has no room for", Of: "shape", First: true, Code: 1, Says: "memory", Through: &memory, Make: func(w *World) string {
			return w.Edit(w.Edit(w.Copy("shape"), "", number("hidden_size", "8192")), "", number("intermediate_size", "32768"))
		}},
	}
}

// claimedFiles are outputs that another process writes.
func claimedFiles() (rows []Row) {
	for _, of := range []string{"lines", "vectors", "json", "page", "log"} {
		rows = append(rows, Row{Name: of + " are another process's", Of: of, Code: 1, Says: "in use", Hint: true, Make: func(w *World) string {
			w.Dir = w.t.TempDir()
			path := filepath.Join(w.Dir, outputs()[of])
			c, err := disk.ClaimFile(path, nil)
			w.must(err)
			w.t.Cleanup(c.Release)
			return path
		}})
	}
	return append(rows, Row{Name: "new is another process's", Of: "new", Only: []string{"pretrain data", "pretrain vocab", "finetune merge"}, First: true, Code: 1, Says: "in use", Hint: true, Make: func(w *World) string {
		w.Dir = w.t.TempDir()
		c, err := disk.Claim(filepath.Join(w.Dir, "new"), nil)
		w.must(err)
		w.t.Cleanup(c.Release)
		return filepath.Join(w.Dir, "new")
	}})
}

// presets are values of other types than their flags', in a file of settings. A flag that the good use gives itself is left
// out: there the command line wins.
func presets(verb, flag string) (rows []Row) {
	if slices.ContainsFunc(Uses(), func(use Use) bool {
		return use.Verb == verb && slices.Contains(use.Args, "{config}") && slices.Contains(use.Args, "--"+flag)
	}) {
		return nil
	}
	for _, value := range []string{`"many"`, `true`, `{"a": 1}`, `["a", "b"]`, `1e999`} {
		rows = append(rows, Row{
			Name: fmt.Sprintf("config %s %s", flag, value), Of: "config", Only: []string{verb}, First: true, Code: 2, Says: strings.ReplaceAll(flag, "-", "[-_]"), Many: true,
			Make: named("s.json", fmt.Sprintf(`{%q: %s}`, strings.ReplaceAll(flag, "-", "_"), value)),
		})
	}
	return rows
}
