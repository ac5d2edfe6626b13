package plot

import (
	"image/color"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// palette is that of Okabe and Ito, in an order that keeps neighbours far apart in print too.
func palette(i int) color.NRGBA {
	colors := []color.NRGBA{
		{0x00, 0x72, 0xb2, 0xff}, // blue
		{0xd5, 0x5e, 0x00, 0xff}, // vermilion
		{0x00, 0x9e, 0x73, 0xff}, // bluish green
		{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
		{0xe6, 0x9f, 0x00, 0xff}, // orange
		{0x56, 0xb4, 0xe9, 0xff}, // sky blue
		{0x4d, 0x4d, 0x4d, 0xff}, // grey
	}
	return colors[i%len(colors)]
}

// dashes tell runs apart that share a colour.
func dashes(i int) []vg.Length {
	if i < 7 {
		return nil
	}
	return []vg.Length{vg.Points(float64(1 + i/7*2)), vg.Points(2)}
}

func paper() color.Color { return color.White }
func ink() color.Color   { return color.NRGBA{0x22, 0x22, 0x22, 0xff} }
func quiet() color.Color { return color.NRGBA{0x66, 0x66, 0x66, 0xff} }
func grid() color.Color  { return color.NRGBA{0xe6, 0xe6, 0xe6, 0xff} }

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

// Sizes of text and strokes.
const (
	titleSize = 13
	panelSize = 10.5
	labelSize = 9
)

// letters is a style of text, aligned left on the line.
func letters(size float64, bold bool, c color.Color) text.Style {
	f := plotfont.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
	if bold {
		f.Weight = font.WeightBold
	}
	return text.Style{Color: c, Font: f, Handler: plot.DefaultTextHandler, XAlign: draw.XLeft, YAlign: draw.YBottom}
}

func centered(s text.Style) text.Style {
	s.XAlign, s.YAlign = draw.XCenter, draw.YCenter
	return s
}

func stroke(c color.Color, width float64) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(width)}
}
