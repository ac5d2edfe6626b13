package scripts

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSite makes the pages: a link that leads nowhere stops it.
func TestSite(t *testing.T) {
	if out, err := exec.Command("go", "mod", "download", "-C", "../tools/site").CombinedOutput(); err != nil {
		t.Skipf("the parser of Markdown cannot be had: %s", out)
	}
	folder := filepath.Join(t.TempDir(), "site")
	if out, err := exec.Command("go", "run", "-C", "../tools/site", ".", "-root", "../..", "-out", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"index.html", "zh-TW/index.html", "api/pipeline.html", "index.en.js", "index.zh-TW.js", "source/examples/predict/main.go.txt"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// In docs/learn.md a line ends before a link: the words do not run together.
	if text, err := os.ReadFile(filepath.Join(folder, "learn.html")); err != nil || strings.Contains(string(text), "</code> in<a") {
		t.Errorf("learn.html: a word runs into the link behind it, or %v", err)
	}
}

// TestLinksAreChecked: a document with a link to nothing, and one with a link to no heading, are found.
func TestLinksAreChecked(t *testing.T) {
	if out, err := exec.Command("go", "mod", "download", "-C", "../tools/site").CombinedOutput(); err != nil {
		t.Skipf("the parser of Markdown cannot be had: %s", out)
	}
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module m\n",
		"README.md":       "# a\n[no file](docs/gone.md), [no heading](docs/b.md#gone), [heading](docs/b.md#there-is-1)\n\n## Reading on\n",
		"README.zh-TW.md": "# a\n",
		"CONTRIBUTING.md": "# c\n",
		"docs/b.md":       "# b\n## There is\n## There *is*\n",
	} {
		path := filepath.Join(root, name)
		if os.MkdirAll(filepath.Dir(path), 0o755) != nil || os.WriteFile(path, []byte(text), 0o644) != nil {
			t.Fatal(path)
		}
	}
	out, err := exec.Command("go", "run", "-C", "../tools/site", ".", "-root", root).CombinedOutput()
	for _, want := range []string{"README.md links to source/docs/gone.md.txt", `docs/b.md has no heading "gone"`} {
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%v, expected %q:\n%s", err, want, out)
		}
	}
	if lines := strings.Count(string(out), "links to"); lines != 2 {
		t.Errorf("%d faults:\n%s", lines, out)
	}
}

// figure is a number with its unit, as the table of the README has it.
var figure = regexp.MustCompile(`(\d[\d,]*(?:\.\d+)?) ?(ms|s|us|MB|GB|%|texts a second|texts/s)(?:[^\w]|$)`)

// units brings figures of one kind together.
var units = map[string]struct {
	kind  string
	times float64
}{"us": {"time", 1e-6}, "ms": {"time", 1e-3}, "s": {"time", 1}, "MB": {"bytes", 1e6}, "GB": {"bytes", 1e9}, "%": {"share", 1}, "texts a second": {"rate", 1}, "texts/s": {"rate", 1}}

// ratio is a time as a share of the reference's, with its target.
var ratio = regexp.MustCompile(`(0\.\d+) \(0\.\d+\): `)

// TestFiguresAreThoseOfResults: each figure of the table in the README is one of RESULTS.md, perhaps rounded.
func TestFiguresAreThoseOfResults(t *testing.T) {
	results := read(t, "../docs/RESULTS.md")
	measured := map[string][]float64{}
	for _, found := range figure.FindAllStringSubmatch(results, -1) {
		value, unit := number(t, found[1]), units[found[2]]
		measured[unit.kind] = append(measured[unit.kind], value*unit.times)
	}
	for _, found := range ratio.FindAllStringSubmatch(results, -1) {
		measured["share"] = append(measured["share"], 100*number(t, found[1]))
	}
	_, table, _ := strings.Cut(read(t, "../README.md"), "## How it compares")
	table, _, _ = strings.Cut(table, "\n## ")
	count := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for _, found := range figure.FindAllStringSubmatch(line, -1) {
			count++
			if !drawn(number(t, found[1]), found[1], found[2], measured) {
				t.Errorf("README.md: %s %s is no figure of docs/RESULTS.md, even rounded: %s", found[1], found[2], line)
			}
		}
	}
	if count < 10 {
		t.Errorf("only %d figures were found in the table", count)
	}
}

// drawn reports whether a figure is a measured one, rounded to the digits that it is written with.
func drawn(value float64, text, unit string, measured map[string][]float64) bool {
	u := units[unit]
	_, decimals, _ := strings.Cut(text, ".")
	step := math.Pow(10, -float64(len(decimals))) * u.times
	for _, m := range measured[u.kind] {
		if math.Abs(m-value*u.times) <= step*0.5000001 {
			return true
		}
	}
	return false
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTranslationsSayTheSame: a guide in Chinese has the headings, blocks and tables of the one in English.
func TestTranslationsSayTheSame(t *testing.T) {
	guides, err := filepath.Glob("../docs/zh-TW/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("translations: %v, %v", guides, err)
	}
	for _, path := range guides {
		english := common(read(t, filepath.Join("../docs", filepath.Base(path))))
		translated := common(read(t, path))
		for _, part := range []string{"headings", "blocks", "tables"} {
			if diff := cmp.Diff(english[part], translated[part]); diff != "" {
				t.Errorf("%s: %s differ from the guide in English (-):\n%s", path, part, diff)
			}
		}
	}
}
