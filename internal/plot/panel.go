package plot

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"gobert/internal/record"
)

// Room around the axes of a panel.
const (
	leftRoom   = 42
	rightRoom  = 14
	topRoom    = 22
	bottomRoom = 22
	labelRoom  = 12
)

// most is the largest number of values of a line that are drawn: two for each dot of a picture's width.
const most = 1200

// axis maps values to 0..1.
type axis struct {
	low, high float64
	log       bool
}

func (a axis) share(v float64) float64 {
	if a.log {
		return math.Log(v/a.low) / math.Log(a.high/a.low)
	}
	return (v - a.low) / (a.high - a.low)
}

func (a axis) ticks(n int) []plot.Tick {
	if a.log {
		return logarithmic{}.Ticks(a.low, a.high)
	}
	return linear{n}.Ticks(a.low, a.high)
}

// widened has room around its values, and some length where there is one value or none.
func (a axis) widened(share float64) axis {
	switch {
	case !(a.high >= a.low):
		return axis{0, 1, false}
	case a.high == a.low && a.log:
		return axis{a.low / 2, a.high * 2, true}
	case a.high == a.low:
		room := max(math.Abs(a.low)*0.1, 1e-6)
		return axis{a.low - room, a.high + room, false}
	case a.log:
		factor := math.Pow(a.high/a.low, share)
		return axis{a.low / factor, a.high * factor, true}
	}
	room := (a.high - a.low) * share
	return axis{a.low - room, a.high + room, false}
}

// yAxis spans the values that are drawn strongly, and nearly all of the faint ones: a spike of a raw line may leave the panel.
func (p Panel) yAxis() axis {
	a := axis{math.Inf(1), math.Inf(-1), p.Log}
	see := func(values []float64) {
		for _, v := range values {
			if visible(v, p.Log) {
				a.low, a.high = min(a.low, v), max(a.high, v)
			}
		}
	}
	for _, c := range p.Curves {
		if c.Smooth > 0 {
			see(record.Smooth(c.Y, c.Smooth))
			low, high := quantiles(c.Y, 0.005, 0.995)
			see([]float64{low, high})
		} else {
			see(c.Y)
		}
	}
	low := a.low
	a = a.widened(0.05)
	if !p.Log && (p.Zero && low >= 0 || low >= 0 && a.low < 0) {
		a.low = 0
	}
	return a
}

// draw draws the panel on a canvas of its own.
func (p Panel) draw(c draw.Canvas, x axis, xLabel string) {
	c.FillText(letters(panelSize, true, ink()), vg.Point{X: c.Min.X + 2, Y: c.Max.Y - panelSize - 2}, p.Title)
	bottom := vg.Length(bottomRoom)
	if xLabel != "" {
		bottom += labelRoom
	}
	inner := draw.Crop(c, leftRoom, -rightRoom, bottom, -topRoom)
	y := p.yAxis()
	x = x.widened(0)
	if x.low > 0 && x.low < 0.1*x.high {
		x.low = 0
	}
	place := func(vx, vy float64) (vg.Point, bool) {
		if !visible(vx, false) || !visible(vy, p.Log) {
			return vg.Point{}, false
		}
		return vg.Point{X: inner.X(x.share(vx)), Y: inner.Y(y.share(vy))}, true
	}
	p.axes(inner, x, y)
	if xLabel != "" {
		style := centered(letters(labelSize, false, quiet()))
		c.FillText(style, vg.Point{X: inner.X(0.5), Y: inner.Min.Y - 24}, xLabel)
	}
	if !p.any() {
		c.FillText(centered(letters(labelSize, false, quiet())), inner.Center(), "no values")
	}
	for _, k := range p.Curves {
		if k.Smooth > 0 {
			points{k.X, k.Y}.thin(most).draw(inner, place, stroke(faint(palette(k.Color)), 0.8))
		}
	}
	for _, k := range p.Curves {
		k.draw(inner, place)
	}
}

func (p Panel) any() bool {
	for _, c := range p.Curves {
		for _, v := range c.Y {
			if visible(v, p.Log) {
				return true
			}
		}
	}
	return false
}

// draw draws the strong line of a curve.
func (c Curve) draw(canvas draw.Canvas, place func(x, y float64) (vg.Point, bool)) {
	values := c.Y
	if c.Smooth > 0 {
		values = record.Smooth(c.Y, c.Smooth)
	}
	line := points{c.X, values}.thin(most)
	line.draw(canvas, place, c.style())
	if !c.Marks || len(line.x) > 80 {
		return
	}
	for i := range line.x {
		if at, ok := place(line.x[i], line.y[i]); ok {
			dot(canvas, at, 2.4, c.style())
		}
	}
}

// axes draws the grid and the numbers.
func (p Panel) axes(c draw.Canvas, x, y axis) {
	label := letters(labelSize, false, quiet())
	label.XAlign, label.YAlign = draw.XCenter, draw.YTop
	for _, t := range x.ticks(5) {
		at := c.X(x.share(t.Value))
		c.StrokeLine2(stroke(grid(), 0.6), at, c.Min.Y, at, c.Max.Y)
		c.FillText(label, vg.Point{X: at, Y: c.Min.Y - 4}, t.Label)
	}
	label.XAlign, label.YAlign = draw.XRight, draw.YCenter
	for _, t := range p.percent(y).ticks(5) {
		if p.Share {
			t.Value /= 100
		}
		at := c.Y(y.share(t.Value))
		c.StrokeLine2(stroke(grid(), 0.6), c.Min.X, at, c.Max.X, at)
		c.FillText(label, vg.Point{X: c.Min.X - 5, Y: at}, t.Label)
	}
	c.StrokeLine2(stroke(quiet(), 0.8), c.Min.X, c.Min.Y, c.Max.X, c.Min.Y)
	c.StrokeLine2(stroke(quiet(), 0.8), c.Min.X, c.Min.Y, c.Min.X, c.Max.Y)
}

// percent is the axis whose numbers are written.
func (p Panel) percent(y axis) axis {
	if p.Share {
		y.low, y.high = 100*y.low, 100*y.high
	}
	return y
}
