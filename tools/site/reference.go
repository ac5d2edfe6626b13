package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/doc/comment"
	"go/format"
	"go/parser"
	"go/token"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// hidden are folders in which there is nothing that another module can import.
var hidden = regexp.MustCompile(`^(internal|cmd|tools|scripts|examples|testdata|bin|docs|\..+)$`)

// packages lists the packages that another module can import.
func (s *site) packages() (pages []*page, err error) {
	err = filepath.WalkDir(s.root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() || name == s.root {
			return err
		}
		if hidden.MatchString(entry.Name()) {
			return filepath.SkipDir
		}
		var none *build.NoGoError
		if _, err := build.ImportDir(name, 0); errors.As(err, &none) {
			return nil
		} else if err != nil {
			return err
		}
		folder, err := filepath.Rel(s.root, name)
		folder = filepath.ToSlash(folder)
		pages = append(pages, &page{source: folder, place: "api/" + folder + ".html", title: folder, anchors: map[string]bool{}})
		return err
	})
	return pages, err
}

// module is the path of the module, which may have been renamed.
func (s *site) module() (string, error) {
	text, err := os.ReadFile(filepath.Join(s.root, "go.mod"))
	name, _, _ := strings.Cut(strings.TrimPrefix(string(text), "module "), "\n")
	return strings.TrimSpace(name), err
}

// refer makes a package's page: what "go doc -all" says, with links.
func (s *site) refer(p *page) error {
	module, err := s.module()
	if err != nil {
		return err
	}
	found, err := build.ImportDir(filepath.Join(s.root, p.source), 0)
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range append(append(found.GoFiles, found.TestGoFiles...), found.XTestGoFiles...) {
		file, err := parser.ParseFile(set, filepath.Join(found.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(set, files, module+"/"+p.source)
	if err != nil {
		return err
	}
	printer := pkg.Printer()
	printer.HeadingLevel = 3
	printer.DocLinkURL = func(link *comment.DocLink) string {
		name := strings.TrimPrefix(strings.Join([]string{link.Recv, link.Name}, "."), ".")
		folder := p.source
		if link.ImportPath != "" {
			var ours bool
			if folder, ours = strings.CutPrefix(link.ImportPath, module+"/"); !ours || s.at[folder] == nil {
				return ""
			}
		}
		return relative(p.place, s.at[folder].place, strings.TrimSuffix(name, "."))
	}
	w := &writer{page: p, set: set, pkg: pkg, printer: printer}
	w.all()
	p.body = regexp.MustCompile(`<a href="">(.*?)</a>`).ReplaceAllString(w.String(), "$1")
	return w.err
}

// writer writes a package's page.
type writer struct {
	bytes.Buffer
	page    *page
	set     *token.FileSet
	pkg     *doc.Package
	printer *comment.Printer
	err     error
}

func (w *writer) all() {
	fmt.Fprintf(w, "<h1>%s</h1>\n<pre><code>import %q</code></pre>\n", html.EscapeString(w.page.source), w.pkg.ImportPath)
	w.page.sections = append(w.page.sections, section{Page: w.page.place, Title: w.page.source, Text: w.pkg.Doc})
	w.text(w.pkg.Doc)
	w.examples(w.pkg.Examples)
	w.values(w.pkg.Consts)
	w.values(w.pkg.Vars)
	for _, f := range w.pkg.Funcs {
		w.function(f, f.Name)
	}
	for _, t := range w.pkg.Types {
		w.entry("type "+t.Name, t.Name, t.Doc, t.Decl, 2)
		w.fields(t)
		w.examples(t.Examples)
		w.values(t.Consts)
		w.values(t.Vars)
		for _, f := range t.Funcs {
			w.function(f, f.Name)
		}
		for _, m := range t.Methods {
			w.function(m, t.Name+"."+m.Name)
		}
	}
}

// entry writes a declaration under a heading, with its documentation.
func (w *writer) entry(title, anchor, text string, decl ast.Node, depth int) {
	w.page.anchors[anchor] = true
	w.page.outline = append(w.page.outline, heading{Text: title, Anchor: anchor, Depth: depth})
	w.page.sections = append(w.page.sections, section{Page: w.page.place, Anchor: anchor, Title: w.page.source + ": " + title, Text: text})
	fmt.Fprintf(w, "<h%d id=\"%s\"><a href=\"#%s\">%s</a></h%d>\n", depth, anchor, anchor, html.EscapeString(title), depth)
	w.declaration(decl)
	w.text(text)
}

// fields are anchors, too, because documentation links to them.
func (w *writer) fields(t *doc.Type) {
	ast.Inspect(t.Decl, func(node ast.Node) bool {
		if field, ok := node.(*ast.Field); ok {
			for _, name := range field.Names {
				if anchor := t.Name + "." + name.Name; !w.page.anchors[anchor] {
					w.page.anchors[anchor] = true
					fmt.Fprintf(w, "<a id=\"%s\"></a>", anchor)
				}
			}
		}
		return true
	})
}

func (w *writer) function(f *doc.Func, anchor string) {
	title := "func " + f.Name
	if f.Recv != "" {
		title = "func (" + f.Recv + ") " + f.Name
	}
	w.entry(title, anchor, f.Doc, f.Decl, 3)
	w.examples(f.Examples)
}

func (w *writer) values(list []*doc.Value) {
	for _, v := range list {
		for _, name := range v.Names {
			w.page.anchors[name] = true
			fmt.Fprintf(w, "<a id=\"%s\"></a>", name)
		}
		w.page.sections = append(w.page.sections, section{
			Page: w.page.place, Anchor: v.Names[0], Title: w.page.source + ": " + strings.Join(v.Names, ", "), Text: v.Doc,
		})
		w.declaration(v.Decl)
		w.text(v.Doc)
	}
}

func (w *writer) examples(list []*doc.Example) {
	for _, e := range list {
		fmt.Fprint(w, "<details><summary>Example</summary>\n")
		w.text(e.Doc)
		w.declaration(e.Code)
		fmt.Fprint(w, "</details>\n")
	}
}

func (w *writer) declaration(node ast.Node) {
	var b bytes.Buffer
	if err := format.Node(&b, w.set, node); err != nil && w.err == nil {
		w.err = err
	}
	fmt.Fprintf(w, "<pre><code>%s</code></pre>\n", html.EscapeString(b.String()))
}

func (w *writer) text(text string) { w.Write(w.printer.HTML(w.pkg.Parser().Parse(text))) }
