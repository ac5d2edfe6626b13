package report

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"

	"gobert/internal/disk"
)

//go:embed static
var static embed.FS

// Render writes the page as HTML.
func (p Page) Render(w io.Writer) error {
	style, err := static.ReadFile("static/style.css")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	script, err := static.ReadFile("static/report.js")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	attention, err := json.Marshal(p.Attention)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	t, err := template.New("page.html").Funcs(template.FuncMap{
		"percent": func(x float64) string { return fmt.Sprintf("%.1f%%", 100*x) },
		"ink": func(c Cell) template.CSS {
			return template.CSS(fmt.Sprintf("--share:%.0f%%", 100*c.Share))
		},
		"width": func(x float64) template.CSS { return template.CSS(fmt.Sprintf("width:%.1f%%", 100*min(max(x, 0), 1))) },
		"left":  func(x float64) template.CSS { return template.CSS(fmt.Sprintf("left:%.1f%%", 100*min(max(x, 0), 1))) },
		"upTo": func(n int) []int {
			list := make([]int, n)
			for i := range list {
				list[i] = i
			}
			return list
		},
		"plus": func(a, b int) int { return a + b },
	}).ParseFS(static, "static/page.html")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if p.Measured == "" {
		p.Measured = "text that it was not trained on"
	}
	p.Then = slices.Clone(p.Then)
	for i := range p.Then {
		part := &p.Then[i]
		part.prefix = fmt.Sprintf("part%d-", i+1)
		if part.Measured == "" {
			part.Measured = p.Measured
		}
		p.Next, p.Notes = append(slices.Clone(p.Next), part.Next...), append(slices.Clone(p.Notes), part.Notes...)
	}
	return t.Execute(w, map[string]any{
		"Page": p, "Style": template.CSS(style), "Script": template.JS(script), "AttentionData": template.JS(attention),
	})
}

// Write renders the page into a file, whole or not at all.
func (p Page) Write(path string) error {
	var text bytes.Buffer
	if err := p.Render(&text); err != nil {
		return err
	}
	if err := disk.Write(path, text.Bytes()); err != nil {
		return fmt.Errorf("report: writing %s: %w", path, err)
	}
	return nil
}
