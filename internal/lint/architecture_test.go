package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// picture reads the drawing of docs/ARCHITECTURE.md: the block that begins with "```layers". Each line is a layer, the
// uppermost first; a package stands in one layer, and "..." after a path takes in everything below it.
func picture(t *testing.T) (layers [][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "```layers\n")
	drawing, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("docs/ARCHITECTURE.md has no block that begins with ```layers")
	}
	for line := range strings.Lines(drawing) {
		if names := strings.Fields(strings.Trim(line, " |+-\n")); len(names) > 0 {
			layers = append(layers, names)
		}
	}
	return layers
}

// TestThePictureIsTrue: every package stands in the picture, and imports only what stands in its own layer or below.
func TestThePictureIsTrue(t *testing.T) {
	layers := picture(t)
	layerOf := func(path string) int {
		path = strings.TrimPrefix(path, module+"/")
		for i, names := range layers {
			for _, name := range names {
				tree, all := strings.CutSuffix(name, "/...")
				if path == tree || all && strings.HasPrefix(path, tree+"/") {
					return i
				}
			}
		}
		return -1
	}
	seen := map[int]bool{}
	for _, p := range list(t, "./...") {
		at := layerOf(p.ImportPath)
		if at < 0 {
			t.Errorf("%s is missing in the picture of docs/ARCHITECTURE.md", p.ImportPath)
			continue
		}
		seen[at] = true
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, module+"/") && layerOf(imported) < at {
				t.Errorf("%s imports %s, which the picture of docs/ARCHITECTURE.md draws above it", p.ImportPath, imported)
			}
		}
	}
	for i, names := range layers {
		if !seen[i] {
			t.Errorf("layer %v of docs/ARCHITECTURE.md has no package", names)
		}
	}
}
