package plot

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// points are places in the units of the data.
type points struct{ x, y []float64 }

// visible says whether a value has a place on the axis.
func visible(v float64, log bool) bool {
	return finite(v) && (!log || v > 0)
}

// thin keeps the least and the greatest value of every stretch, so that a long curve looks as it is but takes little room.
func (p points) thin(most int) points {
	n := len(p.x)
	if n <= most {
		return p
	}
	var out points
	stretches := most / 2
	for s := range stretches {
		from, to := s*n/stretches, (s+1)*n/stretches
		low, high := from, from
		for i := from; i < to; i++ {
			if p.y[i] < p.y[low] || math.IsNaN(p.y[low]) {
				low = i
			}
			if p.y[i] > p.y[high] || math.IsNaN(p.y[high]) {
				high = i
			}
		}
		first, second := min(low, high), max(low, high)
		out.x = append(out.x, p.x[first])
		out.y = append(out.y, p.y[first])
		if second != first {
			out.x = append(out.x, p.x[second])
			out.y = append(out.y, p.y[second])
		}
	}
	return out
}

// draw strokes the line through the places, broken where a value is missing; a value between two gaps becomes a dot.
func (p points) draw(c draw.Canvas, place func(x, y float64) (vg.Point, bool), style draw.LineStyle) {
	var run []vg.Point
	flush := func() {
		switch {
		case len(run) == 1:
			dot(c, run[0], style.Width, style)
		case len(run) > 1:
			c.StrokeLines(style, c.ClipLinesXY(run)...)
		}
		run = nil
	}
	for i := range p.x {
		at, ok := place(p.x[i], p.y[i])
		if !ok {
			flush()
			continue
		}
		run = append(run, at)
	}
	flush()
}

// dot fills a circle.
func dot(c draw.Canvas, at vg.Point, radius vg.Length, style draw.LineStyle) {
	if c.Contains(at) {
		c.DrawGlyph(draw.GlyphStyle{Color: style.Color, Radius: radius, Shape: draw.CircleGlyph{}}, at)
	}
}
