package report

import (
	"image/color"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// okabeIto is that of Okabe and Ito, in an order that keeps neighbours far apart in print too.
var okabeIto = []color.NRGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	{0x00, 0x9e, 0x73, 0xff}, // bluish green
	{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x56, 0xb4, 0xe9, 0xff}, // sky blue
	{0x4d, 0x4d, 0x4d, 0xff}, // grey
}

var (
	paper = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	ink   = color.NRGBA{0x22, 0x22, 0x22, 0xff}
	quiet = color.NRGBA{0x66, 0x66, 0x66, 0xff}
	rule  = color.NRGBA{0xe6, 0xe6, 0xe6, 0xff}
)

// pale is an opaque light form of a colour: lines below do not shine through.
func pale(c color.NRGBA) color.NRGBA {
	mix := func(x uint8) uint8 { return uint8((int(x) + 2*0xff) / 3) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}

// faint is a colour as light as raw values are behind their smoothed line.
func faint(c color.NRGBA) color.NRGBA {
	c.A = 0x48
	return c
}

// Sizes of text, and the white border of a picture.
const (
	titleSize = 13
	panelSize = 10.5
	labelSize = 9
	margin    = 14
)

// letters is a style of text, centred on its place.
func letters(size vg.Length, bold bool, c color.Color) text.Style {
	f := plotfont.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = font.WeightBold
	}
	return text.Style{Color: c, Font: f, Handler: plot.DefaultTextHandler, XAlign: draw.XCenter, YAlign: draw.YCenter}
}

func stroke(c color.Color, width vg.Length, dashes ...vg.Length) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: width, Dashes: dashes}
}

// axes makes a pair of them in our style.
func axes(title string) *plot.Plot {
	g := plot.New()
	font := func(s *text.Style, size vg.Length, bold bool, c color.Color) {
		now := letters(size, bold, c)
		s.Font, s.Color = now.Font, now.Color
	}
	g.Title.Text, g.Title.Padding = title, 4
	font(&g.Title.TextStyle, panelSize, true, ink)
	for _, a := range []*plot.Axis{&g.X, &g.Y} {
		a.LineStyle, a.Padding, a.Tick.LineStyle, a.Tick.Length, a.Label.Padding = stroke(quiet, 0.8), 0, stroke(rule, 0.6), 4, 3
		font(&a.Tick.Label, labelSize, false, quiet)
		font(&a.Label.TextStyle, labelSize, false, quiet)
	}
	return g
}

// grid draws lines behind all else, where the axes have numbers.
func grid(g *plot.Plot) {
	g.Add(&plotter.Grid{Vertical: stroke(rule, 0.6), Horizontal: stroke(rule, 0.6)})
}
