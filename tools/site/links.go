package main

import (
	"errors"
	"fmt"
	"html"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// follow turns a link of a document, which leads through the repository, into one that leads through the site. What is no page is a
// file or a folder of the repository, and comes along.
func (s *site) follow(p *page, link string) string {
	where, anchor, _ := strings.Cut(link, "#")
	if where == "" || strings.Contains(where, "://") || strings.HasPrefix(where, "mailto:") {
		return link
	}
	target := path.Join(path.Dir(p.source), where)
	place := ""
	if other := s.at[target]; other != nil {
		place = other.place
	} else {
		place = s.copied(target)
	}
	return relative(p.place, place, anchor)
}

// copied is the place of a file or folder of the repository. What is no picture is text, and is called so: a browser shows it then, and
// Go does not take it for a package's.
func (s *site) copied(name string) string {
	place := "source/" + name
	switch info, err := os.Stat(filepath.Join(s.root, name)); {
	case err == nil && info.IsDir():
		place += "/index.html"
	case path.Ext(name) != ".png":
		place += ".txt"
	}
	s.files[place] = name
	return place
}

// relative is the way from one place of the site to another.
func relative(from, to, anchor string) string {
	way, err := filepath.Rel(path.Dir(from), to)
	if err != nil {
		panic(err) // both are relative
	}
	way = filepath.ToSlash(way)
	if anchor != "" {
		way += "#" + anchor
	}
	return way
}

var reference = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// checkLinks follows every link of every page.
func (s *site) checkLinks() error {
	places := map[string]*page{}
	for _, p := range s.pages {
		places[p.place] = p
	}
	var faults []error
	for _, p := range s.pages {
		for _, found := range reference.FindAllStringSubmatch(p.body, -1) {
			link := html.UnescapeString(found[1])
			if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
				continue
			}
			where, anchor, _ := strings.Cut(link, "#")
			anchor, err := url.PathUnescape(anchor)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s links to %s: %w", p.source, link, err))
				continue
			}
			place := p.place
			if where != "" {
				place = path.Join(path.Dir(p.place), where)
			}
			other := places[place]
			switch {
			case other != nil && anchor != "" && !other.anchors[anchor]:
				faults = append(faults, fmt.Errorf("%s links to %s: %s has no heading %q", p.source, link, other.source, anchor))
			case other != nil:
			case s.files[place] == "" || !exists(filepath.Join(s.root, s.files[place])):
				faults = append(faults, fmt.Errorf("%s links to %s, which is not there", p.source, link))
			}
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
