package report

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"gobert/internal/record"
)

// Panel is one chart: curves in one pair of axes.
type Panel struct {
	Title  string
	Unit   string // of the values; "" for plain numbers, "%" for shares from 0 to 1
	Log    bool   // logarithmic y axis; values that are not positive are left out
	Zero   bool   // the y axis begins at 0
	Curves []Curve
	Lines  []Line // horizontal lines, such as baselines
}

// Curve is one line. A value that is not finite leaves a gap.
type Curve struct {
	Name   string
	X, Y   []float64
	Color  int     // number in the palette
	Smooth float64 // weight of neighbours, 0 to below 1: draws a strong smoothed line over faint raw values
	Marks  bool    // a dot at every value, joined by a thin line: for few values
}

// Line is a horizontal line with a name.
type Line struct {
	Name string
	Y    float64
}

const (
	mostPoints = 500 // of a curve: more could not be seen
	mostMarks  = 80
	spikes     = 0.005 // share of raw values on either side that may leave the axis
)

// Strong is what the strong line of a curve shows.
func (c Curve) strong() Curve {
	if c.Smooth > 0 {
		c.Y, c.Smooth = record.Smooth(c.Y, c.Smooth), 0
	}
	return c
}

// style is the stroke of the strong line. Dashes tell curves apart that share a colour.
func (c Curve) style() draw.LineStyle {
	s := stroke(okabeIto[c.Color%len(okabeIto)], 1.5)
	if c.Marks {
		s.Width = 1
	}
	if n := c.Color / len(okabeIto); n > 0 {
		s.Dashes = []vg.Length{vg.Length(1 + 2*n), 2}
	}
	return s
}

// dots mark values.
func (c Curve) dots(at plotter.XYs, radius vg.Length) *plotter.Scatter {
	return &plotter.Scatter{XYs: at, GlyphStyle: draw.GlyphStyle{Color: c.style().Color, Radius: radius, Shape: draw.CircleGlyph{}}}
}

// visible says whether a value has a place on the axis.
func (p Panel) visible(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!p.Log || v > 0)
}

// stretches are the values of a curve that can be seen, cut at its gaps.
func (p Panel) stretches(c Curve) (list []plotter.XYs) {
	c, gap := c.thin(), true
	for i, y := range c.Y {
		if !p.visible(y) || !(Panel{}).visible(c.X[i]) {
			gap = true
			continue
		}
		if gap {
			list, gap = append(list, nil), false
		}
		last := &list[len(list)-1]
		*last = append(*last, plotter.XY{X: c.X[i], Y: y})
	}
	return list
}

// thin keeps the least and the greatest value of every stretch, so that a long curve looks as it is but takes little room.
func (c Curve) thin() Curve {
	n := len(c.X)
	if n <= mostPoints {
		return c
	}
	out := c
	out.X, out.Y = nil, nil
	for s := range mostPoints / 2 {
		from, to := s*n*2/mostPoints, (s+1)*n*2/mostPoints
		low, high := from, from
		for i := from; i < to; i++ {
			if c.Y[i] < c.Y[low] || math.IsNaN(c.Y[low]) {
				low = i
			}
			if c.Y[i] > c.Y[high] || math.IsNaN(c.Y[high]) {
				high = i
			}
		}
		for _, i := range slices.Compact([]int{min(low, high), max(low, high)}) {
			out.X, out.Y = append(out.X, c.X[i]), append(out.Y, c.Y[i])
		}
	}
	return out
}

// xRange spans the curves of all panels, so that they can be compared by eye.
func xRange(panels ...Panel) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range panels {
		for _, c := range p.Curves {
			for _, stretch := range p.stretches(c) {
				for _, at := range stretch {
					low, high = min(low, at.X), max(high, at.X)
				}
			}
		}
	}
	if low > 0 && low < 0.1*high {
		low = 0
	}
	return widened(low, high)
}

// widened gives some length to an axis of one value or none, or of values that would be written alike.
func widened(low, high float64) (float64, float64) {
	if low > high {
		return 0, 1
	}
	least := max(0.01*max(math.Abs(low), math.Abs(high)), 1e-9)
	if room := (least - (high - low)) / 2; room > 0 {
		return low - room, high + room
	}
	return low, high
}

// yRange spans the values that are drawn strongly, and nearly all of the faint ones: a spike of a raw line may leave the panel.
func (p Panel) yRange() (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	see := func(values ...float64) {
		for _, v := range values {
			if p.visible(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	for _, c := range p.Curves {
		see(c.strong().Y...)
		raw := slices.DeleteFunc(slices.Clone(c.Y), func(v float64) bool { return !p.visible(v) })
		if slices.Sort(raw); len(raw) > 0 {
			n := float64(len(raw) - 1)
			see(raw[int(spikes*n)], raw[int(math.Ceil((1-spikes)*n))])
		}
	}
	for _, l := range p.Lines {
		see(l.Y)
	}
	if low > high {
		return 0, 1, false
	}
	if p.Log {
		factor := math.Pow(max(high/low, 1.1), 0.05)
		return low / factor, high * factor, true
	}
	zero := low >= 0 && (p.Zero || low < 0.4*high)
	low, high = widened(low, high)
	room := 0.05 * (high - low)
	if zero {
		return 0, high + room, true
	}
	return low - room, high + room, true
}

// plot makes the panel's axes and what is in them.
func (p Panel) plot(low, high float64, xLabel string) *plot.Plot {
	g := axes("")
	grid(g)
	yLow, yHigh, ok := p.yRange()
	g.X.Tick.Marker, g.Y.Tick.Marker, g.X.Label.Text = ticks(""), ticks(p.Unit), xLabel
	if p.Log && ok {
		g.Y.Scale, g.Y.Tick.Marker = plot.LogScale{}, plot.TickerFunc(logTicks)
	}
	if !ok {
		g.Add(note((low+high)/2, 0.5, "no values", letters(labelSize, false, quiet)))
	}
	for _, l := range p.Lines {
		g.Add(&plotter.Line{XYs: plotter.XYs{{X: low, Y: l.Y}, {X: high, Y: l.Y}}, LineStyle: stroke(quiet, 0.8, 4, 3)})
	}
	for _, c := range p.Curves {
		for _, stretch := range p.stretches(c) {
			if c.Smooth > 0 {
				g.Add(&plotter.Line{XYs: stretch, LineStyle: stroke(faint(okabeIto[c.Color%len(okabeIto)]), 0.8)})
			}
		}
	}
	for _, c := range p.Curves {
		stretches := p.stretches(c.strong())
		for _, stretch := range stretches {
			g.Add(&plotter.Line{XYs: stretch, LineStyle: c.style()})
			switch {
			case c.Marks && len(c.X) <= mostMarks:
				g.Add(c.dots(stretch, 2.4))
			case len(stretch) == 1:
				g.Add(c.dots(stretch, 1.5))
			}
		}
	}
	for _, l := range p.Lines {
		name := letters(labelSize, false, quiet)
		name.XAlign, name.YAlign = draw.XRight, 0.2
		if p.above(l.Y, high-0.3*(high-low)) {
			name.YAlign = -1.2
		}
		g.Add(note(high, l.Y, l.Name, name))
	}
	g.X.Min, g.X.Max, g.Y.Min, g.Y.Max = low, high, yLow, yHigh
	return g
}

// note is a text at a place.
func note(x, y float64, words string, style text.Style) *plotter.Labels {
	return &plotter.Labels{XYs: plotter.XYs{{X: x, Y: y}}, Labels: []string{words}, TextStyle: []text.Style{style}}
}

// above says whether the curves run above a line from some place on, so that its name does not hide them.
func (p Panel) above(line, from float64) bool {
	over := 0
	for _, c := range p.Curves {
		for _, stretch := range p.stretches(c) {
			for _, at := range stretch {
				switch {
				case at.X < from:
				case at.Y >= line:
					over++
				default:
					over--
				}
			}
		}
	}
	return over > 0
}
