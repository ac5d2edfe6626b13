package lint

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quoted is how the guides say where a line of code stands: in English `code` in [file](path), in Chinese the file comes first.
var quoted = []*regexp.Regexp{
	regexp.MustCompile("`(?P<code>[^`\n]+)` in\\s+\\[(?P<name>[^\\]]+)\\]\\((?P<path>[^)]+)\\)"),
	regexp.MustCompile("\\[(?P<name>[^\\]]+)\\]\\((?P<path>[^)]+)\\) 的\\s*`(?P<code>[^`\n]+)`"),
}

// TestLinesOfTheGuideAreThere: each line of code that docs/learn.md points at, in either language, stands in the file that it names.
func TestLinesOfTheGuideAreThere(t *testing.T) {
	for i, guide := range []string{"docs/learn.md", "docs/zh-TW/learn.md"} {
		text, err := os.ReadFile(filepath.Join(root, guide))
		if err != nil {
			t.Fatal(err)
		}
		form := quoted[i]
		found := form.FindAllStringSubmatch(string(text), -1)
		// A file that is shown without a line would be a link that nothing holds.
		if links := strings.Count(string(text), ".go](") + strings.Count(string(text), ".cpp]("); len(found) < 8 || links != len(found) {
			t.Errorf("%s: %d lines of code for %d links to files", guide, len(found), links)
		}
		for _, one := range found {
			part := func(name string) string { return one[form.SubexpIndex(name)] }
			path := filepath.Join(filepath.Dir(guide), part("path"))
			source, err := os.ReadFile(filepath.Join(root, path))
			if err != nil || path != part("name") {
				t.Errorf("%s: %s is no link to %s (%v)", guide, part("path"), part("name"), err)
				continue
			}
			if !strings.Contains(string(source), part("code")) {
				t.Errorf("%s: %s has no line with %s", guide, part("name"), part("code"))
			}
		}
	}
}
