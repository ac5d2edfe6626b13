package scripts

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// given are what blocks of Go take from the text around them.
const given = `ctx context.Context, texts []string, questions []pipeline.Question, vectors [][]float32, reader labelled.Reader,
	settings finetune.Settings, data *dataset.Dataset, config pretrain.Config, talk train.Talk`

// unfinished are what a compiler finds in a piece of a program that is nevertheless right: results nobody has used yet, lines that
// each stand alone, and a function that the piece does not end.
var unfinished = regexp.MustCompile(`declared and not used|is not used|no new variables on left side of :=|missing return`)

// goBlocks writes each block of Go of a document as a function of its own.
func goBlocks(name, text string) (source string, blocks int) {
	imports := []string{"context", "gobert/pipeline", "gobert/data/labelled", "gobert/finetune", "gobert/data/labelled/dataset", "gobert/pretrain", "gobert/train"}
	var functions strings.Builder
	for i, found := range regexp.MustCompile("(?ms)^```go\n(.*?)^```").FindAllStringSubmatchIndex(text, -1) {
		block := text[found[2]:found[3]]
		blocks++
		for _, path := range []string{"fmt", "errors", "os", "io", "net/http", "gobert/serve", "gobert/bert", "gobert/heads", "gobert/task", "gobert/data/wordpiece"} {
			if regexp.MustCompile(`\b` + filepath.Base(path) + `\.`).MatchString(block) {
				imports = append(imports, path)
			}
		}
		fmt.Fprintf(&functions, "func block%d(%s) error {\n//line %s:%d\n%s}\n", i, given, name, 2+strings.Count(text[:found[0]], "\n"), block)
	}
	slices.Sort(imports)
	var head strings.Builder
	for _, path := range slices.Compact(imports) {
		fmt.Fprintf(&head, "import %q\n", path)
	}
	return "package blocks\n" + head.String() + functions.String(), blocks
}

// faultsOf compiles blocks in a module of their own and gives what is wrong with them.
func faultsOf(t *testing.T, sources map[string]string) (faults []string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module blocks\ngo 1.26.0\n")
	write("go.work", fmt.Sprintf("go 1.26.0\nuse .\nuse %s\n", root))
	for name, source := range sources {
		write(filepath.Join(name, "blocks.go"), source)
	}
	cmd := exec.Command("go", "build", "-gcflags=-e", "./...")
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "GOWORK="+filepath.Join(folder, "go.work"))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") && !unfinished.MatchString(line) {
			faults = append(faults, strings.TrimSpace(line))
		}
	}
	return faults
}

// TestGoOfDocumentsCompiles holds the blocks of Go of all documents to the packages. docs/go-api.md is made of examples, which
// internal/lint compares.
func TestGoOfDocumentsCompiles(t *testing.T) {
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	documents, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	sources, all := map[string]string{}, 0
	for _, path := range append(documents, "../README.md", "../README.zh-TW.md", "../CONTRIBUTING.md") {
		name := filepath.Base(path)
		if name == "go-api.md" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if source, n := goBlocks(name, string(text)); n > 0 {
			sources["d"+regexp.MustCompile(`\W`).ReplaceAllString(name, "_")] = source
			all += n
		}
	}
	if all < 5 {
		t.Errorf("%d blocks of Go were found", all)
	}
	for _, fault := range faultsOf(t, sources) {
		t.Error(fault)
	}
}

// TestWrongGoOfDocumentsIsFound gives it blocks with a fault each.
func TestWrongGoOfDocumentsIsFound(t *testing.T) {
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	text := "```go\np, err := pipeline.Open(ctx, \"run\", pipeline.Options{})\nif err != nil {\n\treturn err\n}\nfilled, err := p.Fill(ctx, texts)\n```\n" +
		"```go\np, err := pipeline.Open(ctx, \"run\")\n```\n```go\nvar o pipeline.Options\no.Nothing = 1\n```\n"
	source, n := goBlocks("x.md", text)
	faults := faultsOf(t, map[string]string{"x": source})
	if n != 3 || len(faults) == 0 || !strings.Contains(faults[0], "x.md:9:") || !strings.Contains(strings.Join(faults, "\n"), "x.md:13:") ||
		strings.Contains(strings.Join(faults, "\n"), "x.md:6:") {
		t.Errorf("%d blocks, faults:\n%s", n, strings.Join(faults, "\n"))
	}
}
