package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed assets
var assets embed.FS

// words are what the frame around a page says.
var words = map[string]map[string]string{
	"en":    {"search": "Search", "guides": "Guides", "packages": "Packages", "contents": "On this page", "menu": "Menu", "none": "Nothing found", "other": "中文"},
	chinese: {"search": "搜尋", "guides": "指南", "packages": "套件", "contents": "本頁內容", "menu": "選單", "none": "找不到", "other": "English"},
}

// entry is a line of the menu.
type entry struct {
	Title, Link string
	Here        bool
}

// frame is what the template gets.
type frame struct {
	Language, Title, Root, Other string
	Words                        map[string]string
	Body                         template.HTML
	Guides, Packages             []entry
	Outline                      []heading
}

// write makes the folder anew.
func (s *site) write(out string) error {
	layout, err := template.ParseFS(assets, "assets/layout.html")
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	for _, p := range s.pages {
		var b bytes.Buffer
		if err := layout.Execute(&b, s.frame(p)); err != nil {
			return err
		}
		if err := put(filepath.Join(out, p.place), b.Bytes()); err != nil {
			return err
		}
	}
	for _, name := range []string{"style.css", "search.js"} {
		text, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return err
		}
		if err := put(filepath.Join(out, name), text); err != nil {
			return err
		}
	}
	for language := range words {
		text, err := s.index(language)
		if err != nil {
			return err
		}
		if err := put(filepath.Join(out, "index."+language+".js"), text); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Values(s.files)) {
		if err := s.bring(out, name); err != nil {
			return err
		}
	}
	fmt.Println(filepath.Join(out, "index.html"))
	return nil
}

func (s *site) frame(p *page) frame {
	language := p.language
	if language == "" {
		language = "en"
	}
	f := frame{Language: language, Title: p.title, Words: words[language], Body: template.HTML(p.body), Outline: p.outline}
	f.Root = strings.TrimSuffix(relative(p.place, "x", ""), "x")
	for _, other := range s.pages {
		line := entry{Title: other.title, Link: relative(p.place, other.place, ""), Here: other == p}
		switch {
		case other.language == "":
			f.Packages = append(f.Packages, line)
		case other.language == language || language == chinese && s.translated(other) == nil:
			f.Guides = append(f.Guides, line)
		}
	}
	if twin := s.translated(p); twin != nil {
		f.Other = relative(p.place, twin.place, "")
	}
	f.Outline = slices.DeleteFunc(slices.Clone(f.Outline), func(h heading) bool { return h.Depth > 3 })
	return f
}

// translated is the same page in the other language; nil where there is none.
func (s *site) translated(p *page) *page {
	switch folder, name := path.Split(p.source); {
	case p.source == "README.md":
		return s.at["README.zh-TW.md"]
	case p.source == "README.zh-TW.md":
		return s.at["README.md"]
	case p.language == chinese:
		return s.at["docs/"+name]
	case folder == "docs/":
		return s.at["docs/"+chinese+"/"+name]
	}
	return nil
}

// bring copies a file that a page links to, or makes a page of a folder's files.
func (s *site) bring(out, name string) error {
	from, to := filepath.Join(s.root, name), filepath.Join(out, s.copied(name))
	list, err := os.ReadDir(from)
	if err != nil { // a file
		text, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return put(to, text)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><meta charset=\"utf-8\"><title>%[1]s</title><h1>%[1]s</h1><ul>\n", template.HTMLEscapeString(name))
	for _, e := range list {
		child := path.Join(name, e.Name())
		link := relative(s.copied(name), s.copied(child), "")
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a>\n", template.HTMLEscapeString(link), template.HTMLEscapeString(e.Name()))
		if err := s.bring(out, child); err != nil {
			return err
		}
	}
	return put(to, []byte(b.String()+"</ul>\n"))
}

func put(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}
