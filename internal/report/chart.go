package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The size of a chart on a page, in points; the page scales it.
const chartWidth, chartHeight = 370, 166

// Chart draws a panel as SVG in the page's colours, light or dark, with what the script needs to read values off.
func (p Panel) Chart() template.HTML {
	low, high := xRange(p)
	g := p.plot(low, high, "step")
	g.BackgroundColor = nil
	if g.Y.Label.Text = p.Unit; p.Unit == "" || p.Unit == "%" {
		g.Y.Label.Text = strings.ToLower(p.Title)
	}
	canvas := vgsvg.New(chartWidth, chartHeight)
	c := draw.Crop(draw.New(canvas), 0, -8, 2, -6)
	g.Draw(c)
	inner := g.DataCanvas(c)
	x, y := g.Transforms(&inner)

	type point struct {
		X    float64 `json:"x"`
		Y    float64 `json:"y"`
		Text string  `json:"t"`
	}
	points := []point{}
	for _, c := range p.Curves {
		for _, at := range slices.Concat(p.stretches(c)...) {
			round := func(v float64) float64 { return math.Round(v*10) / 10 }
			points = append(points, point{
				round(float64(x(at.X))), round(chartHeight - float64(y(at.Y))), fmt.Sprintf("step %g: %s %s", at.X, c.Name, number(at.Y, p.Unit)),
			})
		}
	}
	data, _ := json.Marshal(points)
	var svg bytes.Buffer
	_, _ = canvas.WriteTo(&svg)
	_, drawn, _ := strings.Cut(svg.String(), "<g") // behind a head for files
	drawn, _, _ = strings.Cut(drawn, "</svg>")
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" role="img" aria-label="%s" data-chart="%s"><g%s<line class="cursor" y1="%.1f" y2="%.1f" x1="0" x2="0" visibility="hidden"/></svg>`,
		chartWidth, chartHeight, html.EscapeString(p.describe()), html.EscapeString(string(data)), themed(drawn),
		chartHeight-inner.Max.Y, chartHeight-inner.Min.Y))
}

// themed puts the names of the page's colours in the place of ours.
func themed(svg string) string {
	hex := func(c color.Color) string { // as vgsvg writes it
		r, g, b, alpha := c.RGBA()
		scale := 255 / float64(alpha)
		return fmt.Sprintf("#%02X%02X%02X", int(float64(r)*scale), int(float64(g)*scale), int(float64(b)*scale))
	}
	var pairs []string
	for i, c := range okabeIto {
		name := fmt.Sprintf("var(--c%d)", i)
		pairs = append(pairs, hex(c), name, hex(faint(c)), name)
	}
	pairs = append(pairs, hex(quiet), "var(--soft)", hex(rule), "var(--rule)")
	return strings.NewReplacer(pairs...).Replace(svg)
}

// describe says in words what a screen reader should know of the picture.
func (p Panel) describe() string {
	words := []string{p.Title + " over training steps"}
	for _, c := range p.Curves {
		if at := slices.Concat(p.stretches(c.strong())...); len(at) > 0 {
			words = append(words, fmt.Sprintf("%s from %s to %s", c.Name, number(at[0].Y, p.Unit), number(at[len(at)-1].Y, p.Unit)))
		}
	}
	return strings.Join(words, "; ")
}

// Smooths says whether any curve is drawn as its running mean.
func (p Panel) Smooths() bool {
	return slices.ContainsFunc(p.Curves, func(c Curve) bool { return c.Smooth > 0 })
}

// Table lists some points of each curve, for reading instead of looking.
func (p Panel) Table() Breakdown {
	t := Breakdown{Title: p.Title, Head: []string{"curve", "step", "value"}}
	for _, c := range p.Curves {
		name := c.Name
		if c.Smooth > 0 {
			name += ", mean of neighbours"
		}
		at := slices.Concat(p.stretches(c.strong())...)
		n := min(len(at), 9)
		for i := range n {
			k := at[i*(len(at)-1)/max(n-1, 1)]
			t.Rows = append(t.Rows, []string{name, fmt.Sprintf("%g", k.X), number(k.Y, p.Unit)})
		}
	}
	return t
}
