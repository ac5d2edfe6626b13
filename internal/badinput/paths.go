package badinput

import (
	"os"
	"path/filepath"
	"strings"
)

// inputs are all inputs that are paths.
const inputs = "text|tokenizer|vocabulary|corpus|shape|run|pretrained|config|model|tuned|adapted|labelled|tagged|questions|texts|keys|certificate|key"

// folders are those that are folders.
const folders = "tokenizer|corpus|run|pretrained|model|tuned|adapted"

// paths are arguments that name something else than what is needed.
func paths() []Row {
	return []Row{
		{Name: "no such path", Of: inputs, Code: 2, Says: "nowhere", Make: func(w *World) string { return filepath.Join(w.Dir, "nowhere", "at", "all") }},
		{Name: "an empty path", Of: "text|corpus|run|pretrained|model|tuned|adapted", Code: 2, Make: func(*World) string { return "" }},
		{Name: "a folder without anything", Of: folders, Code: 1, Says: "void", Make: func(w *World) string {
			w.must(os.Mkdir(filepath.Join(w.Dir, "void"), 0o755))
			return filepath.Join(w.Dir, "void")
		}},
		{Name: "a name of many bytes", Of: inputs, Code: 2, Says: "name too long|xxxx", Make: func(w *World) string { return filepath.Join(w.Dir, strings.Repeat("x", 300)) }},
		{Name: "a name with a line end", Of: inputs, Code: 2, Says: `no\\n`, Make: func(w *World) string { return filepath.Join(w.Dir, "no\nerror: such") }},
	}
}

// written are outputs that cannot be written.
func written() (rows []Row) {
	const files = "picture|page|json|lines|vectors|log"
	ending := func(dir, of string) string { return filepath.Join(dir, outputs()[of]) }
	for of := range strings.SplitSeq(files, "|") {
		rows = append(rows,
			Row{Name: of + " in a folder that is not there", Of: of, Code: 2, Says: "nowhere", Make: func(w *World) string { return ending(filepath.Join(w.Dir, "nowhere"), of) }},
			Row{Name: of + " below a file", Of: of, Code: 2, Says: "file", Make: func(w *World) string { return ending(w.File("file", "x"), of) }},
			Row{Name: of + " where a folder is", Of: of, Code: 2, Not: []string{"pretrain report", "finetune report"}, Make: func(w *World) string {
				w.must(os.MkdirAll(ending(w.Dir, of)+"/full", 0o755))
				return ending(w.Dir, of)
			}},
		)
	}
	for _, of := range []string{"lines", "vectors"} {
		rows = append(rows, Row{Name: of + " over the input", Of: of, Code: 2, Says: "is the file that is read", Hint: true, Make: func(w *World) string {
			return w.Good("texts")
		}})
	}
	return append(rows,
		Row{Name: "new below a file", Of: "new", Code: 2, Says: "file", Make: func(w *World) string { return filepath.Join(w.File("file", "x"), "new") }},
		Row{Name: "new is a file", Of: "new", Code: 2, Says: "file", Make: func(w *World) string { return w.File("file", "x") }},
		Row{Name: "new where no folder can be made", Of: "new", Code: 2, Says: "/proc", Make: func(*World) string { return "/proc/new" }},
	)
}
