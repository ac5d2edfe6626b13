package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// anchors names headings as the usual forges do, in any script, so that a link with an anchor holds there and here.
type anchors struct{ used map[string]int }

// Generate is part of goldmark's interface.
func (a *anchors) Generate(value []byte, _ ast.NodeKind) []byte {
	name := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(string(value)))
	n := a.used[name]
	a.used[name]++
	if n > 0 {
		name = fmt.Sprintf("%s-%d", name, n)
	}
	return []byte(name)
}

// Put is part of goldmark's interface.
func (a *anchors) Put(value []byte) { a.used[string(value)]++ }

// render makes a document's page.
func (s *site) render(p *page) error {
	source, err := os.ReadFile(filepath.Join(s.root, p.source))
	if err != nil {
		return err
	}
	// Where a line of Chinese ends there is no space. The extension takes that of English, too, if a link begins the next line.
	extensions := []goldmark.Extender{extension.GFM}
	if p.language == chinese {
		extensions = append(extensions, extension.CJK)
	}
	markdown := goldmark.New(goldmark.WithExtensions(extensions...), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	context := parser.NewContext(parser.WithIDs(&anchors{used: map[string]int{}}))
	tree := markdown.Parser().Parse(text.NewReader(source), parser.WithContext(context))
	at := section{}
	end := func() {
		if at.Text = strings.Join(strings.Fields(at.Text), " "); at.Title != "" {
			p.sections = append(p.sections, at)
		}
	}
	err = ast.Walk(tree, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch node := node.(type) {
		case *ast.Heading:
			id, _ := node.AttributeString("id")
			anchor := string(id.([]byte))
			words := plain(node, source)
			p.anchors[anchor] = true
			if node.Level == 1 && p.title == "" {
				p.title = words
			} else {
				p.outline = append(p.outline, heading{Text: words, Anchor: anchor, Depth: node.Level})
			}
			end()
			at = section{Page: p.place, Anchor: anchor, Title: words}
			return ast.WalkSkipChildren, nil
		case *ast.Link:
			node.Destination = []byte(s.follow(p, string(node.Destination)))
		case *ast.Image:
			node.Destination = []byte(s.follow(p, string(node.Destination)))
		case *ast.FencedCodeBlock:
			at.Text += " " + string(node.Lines().Value(source))
		case *ast.Text:
			at.Text += string(node.Segment.Value(source))
			if node.SoftLineBreak() {
				at.Text += " "
			}
		}
		if node.Type() == ast.TypeBlock {
			at.Text += " "
		}
		return ast.WalkContinue, nil
	})
	end()
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := markdown.Renderer().Render(&body, source, tree); err != nil {
		return err
	}
	p.body = strings.NewReplacer("<table>", `<div class="wide"><table>`, "</table>", "</table></div>").Replace(body.String())
	return nil
}

// plain is the text of a heading.
func plain(node ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(node, func(child ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := child.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
