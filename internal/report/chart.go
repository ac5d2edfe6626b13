package report

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"

	"gobert/internal/record"
)

// The size of a chart in its own units; the page scales it.
const (
	chartWidth, chartHeight = 560.0, 250.0
	marginLeft, marginRight = 76.0, 22.0
	marginTop, marginBottom = 12.0, 46.0
	mostPoints              = 400 // of a curve: more would only make the page larger
	smoothFrom              = 60
)

// Chart draws a panel as SVG. A curve with many points is drawn twice: faint as it is, and smoothed.
func (p Panel) Chart() template.HTML {
	var xs, ys [][]float64
	for _, s := range p.Series {
		xs, ys = append(xs, s.X), append(ys, s.Y)
	}
	for _, l := range p.Lines {
		ys = append(ys, []float64{l.Y})
	}
	x, y := axis{from: marginLeft, to: chartWidth - marginRight}, axis{from: chartHeight - marginBottom, to: marginTop}
	x.low, x.high = span(xs...)
	y.low, y.high = span(ys...)
	if y.low > 0 && y.low < 0.4*y.high {
		y.low = 0
	}
	if p.Unit == "%" {
		y.low, y.high = 0, min(1, 1.2*y.high)
	}
	pad := 0.04 * (y.high - y.low)
	y.high += pad
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s" data-chart="%s">`,
		chartWidth, chartHeight, html.EscapeString(p.describe()), html.EscapeString(p.points(x, y)))
	p.grid(&b, x, y)
	for i, s := range p.Series {
		if p.smooths(s) {
			fmt.Fprintf(&b, `<path class="curve raw c%d" d="%s"/>`, i%6, s.thin().path(x, y))
			s = s.smooth()
		}
		fmt.Fprintf(&b, `<path class="curve c%d" d="%s"/>`, i%6, s.thin().path(x, y))
		if len(s.X) == 1 {
			fmt.Fprintf(&b, `<circle class="dot c%d" cx="%.1f" cy="%.1f" r="4"/>`, i%6, x.at(s.X[0]), y.at(s.Y[0]))
		}
	}
	for _, l := range p.Lines {
		beside := -6.0
		if p.above(l.Y, x.high-0.3*(x.high-x.low)) {
			beside = 15
		}
		fmt.Fprintf(&b, `<text class="tick named" x="%g" y="%.1f" text-anchor="end">%s</text>`, chartWidth-marginRight, y.at(l.Y)+beside, html.EscapeString(l.Name))
	}
	fmt.Fprintf(&b, `<line class="cursor" y1="%g" y2="%g" x1="0" x2="0" visibility="hidden"/></svg>`, marginTop, chartHeight-marginBottom)
	return template.HTML(b.String())
}

// above says whether the curves run above a line from some step on, so that its name does not hide them.
func (p Panel) above(line, from float64) bool {
	over := 0
	for _, s := range p.Series {
		s = s.finite()
		for i, v := range s.Y {
			switch {
			case s.X[i] < from:
			case v >= line:
				over++
			default:
				over--
			}
		}
	}
	return over > 0
}

// smooths says whether a curve is drawn as its running mean.
func (p Panel) smooths(s Series) bool { return p.Smooth && len(s.X) >= smoothFrom }

// Smooths says whether any curve is.
func (p Panel) Smooths() bool { return slices.ContainsFunc(p.Series, p.smooths) }

func (p Panel) grid(b *strings.Builder, x, y axis) {
	for _, v := range y.ticks() {
		at := y.at(v)
		fmt.Fprintf(b, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, marginLeft, chartWidth-marginRight, at, at)
		fmt.Fprintf(b, `<text class="tick" x="%g" y="%.1f" text-anchor="end">%s</text>`, marginLeft-6, at+4, number(v, p.Unit))
	}
	for _, v := range x.ticks() {
		fmt.Fprintf(b, `<text class="tick" x="%.1f" y="%g" text-anchor="middle">%s</text>`, x.at(v), chartHeight-marginBottom+18, number(v, ""))
	}
	name := p.Unit
	if name == "" || name == "%" {
		name = strings.ToLower(p.Title)
	}
	fmt.Fprintf(b, `<text class="tick name" x="%g" y="%g" text-anchor="middle">step</text>`, (marginLeft+chartWidth-marginRight)/2, chartHeight-8)
	fmt.Fprintf(b, `<text class="tick name" transform="translate(16 %g) rotate(-90)" text-anchor="middle">%s</text>`,
		(marginTop+chartHeight-marginBottom)/2, html.EscapeString(name))
	for _, l := range p.Lines {
		at := y.at(l.Y)
		fmt.Fprintf(b, `<line class="baseline" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, marginLeft, chartWidth-marginRight, at, at)
	}
}

// describe says in words what a screen reader should know of the picture.
func (p Panel) describe() string {
	words := []string{p.Title + " over training steps"}
	for _, s := range p.Series {
		if p.smooths(s) {
			s = s.smooth()
		}
		s = s.finite()
		if n := len(s.Y); n > 0 {
			words = append(words, fmt.Sprintf("%s from %s to %s", s.Name, number(s.Y[0], p.Unit), number(s.Y[n-1], p.Unit)))
		}
	}
	return strings.Join(words, "; ")
}

// points are what the script reads values off from: places and texts.
func (p Panel) points(x, y axis) string {
	type point struct {
		X    float64 `json:"x"`
		Y    float64 `json:"y"`
		Text string  `json:"t"`
	}
	list := []point{}
	for _, s := range p.Series {
		s = s.thin().finite()
		for i := range s.X {
			list = append(list, point{
				math.Round(x.at(s.X[i])*10) / 10, math.Round(y.at(s.Y[i])*10) / 10,
				fmt.Sprintf("step %g: %s %s", s.X[i], s.Name, number(s.Y[i], p.Unit)),
			})
		}
	}
	text, _ := json.Marshal(list)
	return string(text)
}

// thin leaves out points evenly until few enough are left; the last one stays.
func (s Series) thin() Series {
	n := len(s.X)
	if n <= mostPoints {
		return s
	}
	out := Series{Name: s.Name}
	for i := range mostPoints {
		k := i * (n - 1) / (mostPoints - 1)
		out.X, out.Y = append(out.X, s.X[k]), append(out.Y, s.Y[k])
	}
	return out
}

// finite leaves out what is not a number.
func (s Series) finite() Series {
	out := Series{Name: s.Name}
	for i, v := range s.Y {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			out.X, out.Y = append(out.X, s.X[i]), append(out.Y, v)
		}
	}
	return out
}

// smooth is the curve without its noise.
func (s Series) smooth() Series {
	return Series{Name: s.Name, X: s.X, Y: record.Smooth(s.Y, record.Smoothness(len(s.Y)))}
}

func (s Series) path(x, y axis) string {
	var b strings.Builder
	pen := "M"
	for i := range s.X {
		if math.IsNaN(s.Y[i]) || math.IsInf(s.Y[i], 0) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, x.at(s.X[i]), y.at(s.Y[i]))
		pen = "L"
	}
	return b.String()
}
