package scripts

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBothReadmesSayTheSame compares what does not depend on the language: headings by their depth, blocks, figures and links.
func TestBothReadmesSayTheSame(t *testing.T) {
	var sides []map[string][]string
	for _, path := range []string{"../README.md", "../README.zh-TW.md"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sides = append(sides, common(string(text)))
	}
	if diff := cmp.Diff(sides[0], sides[1]); diff != "" {
		t.Errorf("README.md (-) and README.zh-TW.md (+) differ:\n%s", diff)
	}
}

// common is what two languages share of a document.
func common(text string) map[string][]string {
	parts := map[string][]string{}
	comment := regexp.MustCompile(`\s*(//|#) .*$`)
	fenced := false
	for line := range strings.Lines(text) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced:
			parts["blocks"] = append(parts["blocks"], comment.ReplaceAllString(line, ""))
		case strings.HasPrefix(line, "#"):
			parts["headings"] = append(parts["headings"], strings.SplitN(line, " ", 2)[0])
		case strings.HasPrefix(line, "|"):
			numbers := regexp.MustCompile(`\d+(?:[.,]\d+)*`).FindAllString(line, -1)
			slices.Sort(numbers)
			parts["tables"] = append(parts["tables"], strings.Join(numbers, " "))
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(link[1], "README") {
			parts["links"] = append(parts["links"], strings.Replace(link[1], "/zh-TW/", "/", 1)) // a guide is one in either language
		}
	}
	slices.Sort(parts["links"])
	return parts
}
