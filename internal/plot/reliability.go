package plot

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"gobert/internal/metrics"
)

// Reliability is a calibration diagram: in each range of confidence, how often the model was right. Take the bins and the
// error from [metrics.Calibrate].
type Reliability struct {
	Title string
	Bins  []metrics.Bin
	Error float64 // expected calibration error, 0..1
}

// Validate says what cannot be drawn.
func (r Reliability) Validate() error {
	if len(r.Bins) == 0 {
		return errors.New("plot: a calibration diagram needs bins")
	}
	for i, b := range r.Bins {
		if !(b.Low >= 0 && b.Low < b.High && b.High <= 1) || b.Count < 0 {
			return fmt.Errorf("plot: bin %d of a calibration diagram goes from %v to %v with %d predictions: expected a part of 0 to 1", i, b.Low, b.High, b.Count)
		}
	}
	return nil
}

const (
	square     = 280 // side of the diagram
	histogram  = 60  // height of the counts below it
	histoSpace = 14
)

// Size implements Drawing.
func (r Reliability) Size() (width, height vg.Length) {
	width = max(2*margin+leftRoom+12+square+rightRoom, letters(titleSize, true, ink()).Width(r.Title)+2*margin)
	return width, 2*margin + r.titleRoom() + legendRow + square + histoSpace + histogram + bottomRoom + labelRoom
}

// titleRoom is the height of the title, if there is one.
func (r Reliability) titleRoom() vg.Length {
	if r.Title == "" {
		return 0
	}
	return titleSize * 1.8
}

// Draw implements Drawing.
func (r Reliability) Draw(c draw.Canvas) {
	top := c.Max.Y - margin
	c.FillText(letters(titleSize, true, ink()), vg.Point{X: c.Min.X + margin, Y: top - titleSize}, r.Title)
	top -= r.titleRoom() + legendRow
	left := c.Min.X + margin + leftRoom + 12
	r.key(c, vg.Point{X: left, Y: top + legendRow*0.6})
	upper := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: left, Y: top - square}, Max: vg.Point{X: left + square, Y: top}}}
	lower := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: left, Y: upper.Min.Y - histoSpace - histogram}, Max: vg.Point{X: left + square, Y: upper.Min.Y - histoSpace},
	}}
	r.diagram(upper)
	r.counts(lower)
	title := centered(letters(labelSize, false, quiet()))
	c.FillText(title, vg.Point{X: left + square/2, Y: lower.Min.Y - 26}, "confidence (%)")
	title.Rotation = math.Pi / 2
	c.FillText(title, vg.Point{X: c.Min.X + margin + 6, Y: upper.Center().Y}, "accuracy (%)")
	c.FillText(title, vg.Point{X: c.Min.X + margin + 6, Y: lower.Center().Y}, "share (%)")
}

// key explains the colours.
func (r Reliability) key(c draw.Canvas, at vg.Point) {
	style := letters(labelSize, false, ink())
	style.YAlign = draw.YCenter
	for _, k := range []struct {
		name  string
		color int
		pale  bool
	}{{"right", 0, false}, {"less sure than right", 0, true}, {"too sure", 1, true}} {
		fill := palette(k.color)
		if k.pale {
			fill = pale(fill)
		}
		c.FillPolygon(fill, corners(vg.Rectangle{Min: vg.Point{X: at.X, Y: at.Y - 4}, Max: vg.Point{X: at.X + 10, Y: at.Y + 4}}))
		c.FillText(style, vg.Point{X: at.X + 14, Y: at.Y}, k.name)
		at.X += style.Width(k.name) + 26
	}
	c.FillText(style, at, "ECE "+strconv.FormatFloat(100*r.Error, 'f', 2, 64)+" %")
}

// diagram draws a bar for each bin: what was right up to what was promised, and above it, pale, what is between the two. Nothing
// covers anything.
func (r Reliability) diagram(c draw.Canvas) {
	r.grid(c)
	for _, b := range r.Bins {
		if b.Count == 0 {
			continue
		}
		x0, x1 := c.X(b.Low)+0.6, c.X(b.High)-0.6
		c.FillPolygon(palette(0), corners(vg.Rectangle{Min: vg.Point{X: x0, Y: c.Min.Y}, Max: vg.Point{X: x1, Y: c.Y(min(b.Accuracy, b.Confidence))}}))
		low, high := min(b.Accuracy, b.Confidence), max(b.Accuracy, b.Confidence)
		fill := palette(1)
		if b.Accuracy > b.Confidence {
			fill = palette(0)
		}
		c.FillPolygon(pale(fill), corners(vg.Rectangle{Min: vg.Point{X: x0, Y: c.Y(low)}, Max: vg.Point{X: x1, Y: c.Y(high)}}))
	}
	line := stroke(ink(), 1)
	line.Dashes = []vg.Length{4, 3}
	c.StrokeLine2(line, c.Min.X, c.Min.Y, c.Max.X, c.Max.Y)
	r.frame(c)
}

// counts draws which share of the predictions is in each bin.
func (r Reliability) counts(c draw.Canvas) {
	total, most := 0, 0
	for _, b := range r.Bins {
		total += b.Count
		most = max(most, b.Count)
	}
	total, most = max(total, 1), max(most, 1)
	highest := float64(most) / float64(total) * 1.08
	label := letters(labelSize, false, quiet())
	label.XAlign, label.YAlign = draw.XRight, draw.YCenter
	for _, t := range (linear{3}).Ticks(0, 100*highest) {
		y := c.Y(t.Value / 100 / highest)
		c.StrokeLine2(stroke(grid(), 0.6), c.Min.X, y, c.Max.X, y)
		c.FillText(label, vg.Point{X: c.Min.X - 5, Y: y}, t.Label)
	}
	for _, b := range r.Bins {
		share := float64(b.Count) / float64(total) / highest
		c.FillPolygon(palette(6), corners(vg.Rectangle{Min: vg.Point{X: c.X(b.Low) + 0.6, Y: c.Min.Y}, Max: vg.Point{X: c.X(b.High) - 0.6, Y: c.Y(share)}}))
	}
	label.XAlign, label.YAlign = draw.XCenter, draw.YTop
	for _, t := range (linear{5}).Ticks(0, 100) {
		c.FillText(label, vg.Point{X: c.X(t.Value / 100), Y: c.Min.Y - 4}, t.Label)
	}
	r.frame(c)
}

// grid draws lines at round numbers of per cent, and numbers beside them.
func (r Reliability) grid(c draw.Canvas) {
	label := letters(labelSize, false, quiet())
	label.XAlign, label.YAlign = draw.XRight, draw.YCenter
	for _, t := range (linear{5}).Ticks(0, 100) {
		at := t.Value / 100
		c.StrokeLine2(stroke(grid(), 0.6), c.Min.X, c.Y(at), c.Max.X, c.Y(at))
		c.StrokeLine2(stroke(grid(), 0.6), c.X(at), c.Min.Y, c.X(at), c.Max.Y)
		c.FillText(label, vg.Point{X: c.Min.X - 5, Y: c.Y(at)}, t.Label)
	}
}

func (r Reliability) frame(c draw.Canvas) {
	c.StrokeLine2(stroke(quiet(), 0.8), c.Min.X, c.Min.Y, c.Max.X, c.Min.Y)
	c.StrokeLine2(stroke(quiet(), 0.8), c.Min.X, c.Min.Y, c.Min.X, c.Max.Y)
}
