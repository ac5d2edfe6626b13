// Site makes the documents into a folder of pages that a browser opens, with or without a network: the guides in both languages, a
// reference of all packages that another module can import, and a search over both. It stops at the first look at a link that leads
// nowhere, so that it is also the test of the documents' links.
//
// It is a module of its own, because gobert needs neither a Markdown parser nor a site to be built.
//
// Files: main.go (what becomes a page), markdown.go (guides), reference.go (packages), links.go (where links lead), search.go (the
// index), write.go (templates and files).
package main

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// page is one page of the site.
type page struct {
	source   string // the document or the package's folder, from the root of the repository
	place    string // in the site
	language string // of the text: en or zh-TW
	title    string
	body     string // HTML
	outline  []heading
	sections []section // for the search
	anchors  map[string]bool
}

// heading is an entry of a page's own table of contents.
type heading struct {
	Text, Anchor string
	Depth        int
}

// site is everything that is known before a page is written.
type site struct {
	root  string
	pages []*page
	at    map[string]*page  // by source
	files map[string]string // of the repository, which are copied because a page links to them, by their place
}

const chinese = "zh-TW"

func main() {
	root := flag.String("root", "../..", "the repository")
	out := flag.String("out", "", "folder to write; none: only look at the links")
	flag.Parse()
	if err := run(*root, *out); err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
}

func run(root, out string) error {
	s := &site{root: root, at: map[string]*page{}, files: map[string]string{}}
	guides, err := s.documents()
	if err != nil {
		return err
	}
	packages, err := s.packages()
	if err != nil {
		return err
	}
	for _, p := range append(guides, packages...) {
		s.pages = append(s.pages, p)
		s.at[p.source] = p
	}
	for _, p := range guides {
		if err := s.render(p); err != nil {
			return fmt.Errorf("%s: %w", p.source, err)
		}
	}
	for _, p := range packages {
		if err := s.refer(p); err != nil {
			return fmt.Errorf("%s: %w", p.source, err)
		}
	}
	if err := s.checkLinks(); err != nil || out == "" {
		return err
	}
	return s.write(out)
}

// documents lists the guides, in the order in which the README names them; what it does not name comes last.
func (s *site) documents() ([]*page, error) {
	found := []string{"README.md", "README.zh-TW.md", "CONTRIBUTING.md"}
	for _, pattern := range []string{"docs/*.md", "docs/" + chinese + "/*.md"} {
		list, err := filepath.Glob(filepath.Join(s.root, pattern))
		if err != nil {
			return nil, err
		}
		for _, name := range list {
			name, err := filepath.Rel(s.root, name)
			if err != nil {
				return nil, err
			}
			found = append(found, filepath.ToSlash(name))
		}
	}
	readme, err := os.ReadFile(filepath.Join(s.root, "README.md"))
	if err != nil {
		return nil, err
	}
	_, last, _ := strings.Cut(string(readme), "\n## Reading on")
	order := []string{"README.md", "README.zh-TW.md"}
	for _, link := range regexp.MustCompile(`\]\(([^)#]+\.md)\)`).FindAllStringSubmatch(last, -1) {
		order = append(order, link[1])
	}
	rank := func(name string) int {
		at := slices.Index(order, strings.Replace(name, "/"+chinese+"/", "/", 1))
		if at < 0 {
			return len(order)
		}
		return at
	}
	slices.SortStableFunc(found, func(a, b string) int { return rank(a) - rank(b) })
	var pages []*page
	for _, name := range found {
		pages = append(pages, &page{source: name, place: placeOf(name), language: languageOf(name), anchors: map[string]bool{}})
	}
	return pages, nil
}

func languageOf(name string) string {
	if strings.Contains(name, chinese) {
		return chinese
	}
	return "en"
}

// placeOf is where a document's page lies in the site.
func placeOf(name string) string {
	switch name {
	case "README.md":
		return "index.html"
	case "README.zh-TW.md":
		return chinese + "/index.html"
	}
	place := strings.ToLower(strings.TrimSuffix(path.Base(name), ".md")) + ".html"
	if languageOf(name) == chinese {
		return chinese + "/" + place
	}
	return place
}
