package plot

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is a picture of panels in rows, under one legend.
type Figure struct {
	Title   string
	XLabel  string // below the lowest panel of each column, such as "step"
	Columns int    // 0 chooses
	Panels  []Panel
}

// Panel is one pair of axes.
type Panel struct {
	Title  string // what is shown, with its unit: "speed (tokens/s)"
	Log    bool   // logarithmic y axis; values that are not positive are left out
	Share  bool   // values are shares, shown in per cent
	Zero   bool   // the y axis begins at 0
	Curves []Curve
}

// Curve is one line.
type Curve struct {
	Name   string // for the legend, which has a name once; empty: not in the legend
	X, Y   []float64
	Color  int     // number in the palette
	Smooth float64 // weight of the past, 0 to below 1: draws a strong smoothed line over faint raw values
	Marks  bool    // a dot at every value, joined by a thin line: for few values
}

// Sizes of a figure.
const (
	panelWidth  = 330
	panelHeight = 190
	margin      = 14
	legendRow   = 16
)

// Validate says what cannot be drawn.
func (f Figure) Validate() error {
	if len(f.Panels) == 0 {
		return errors.New("plot: there is nothing to draw")
	}
	var faults []error
	for _, p := range f.Panels {
		for _, c := range p.Curves {
			if len(c.X) != len(c.Y) {
				faults = append(faults, fmt.Errorf("plot: panel %q: curve %q has %d places and %d values", p.Title, c.Name, len(c.X), len(c.Y)))
			}
			if !(c.Smooth >= 0 && c.Smooth < 1) {
				faults = append(faults, fmt.Errorf("plot: panel %q: curve %q: smoothing is %v, expected 0 to below 1", p.Title, c.Name, c.Smooth))
			}
			if c.Color < 0 {
				faults = append(faults, fmt.Errorf("plot: panel %q: curve %q: colour is %d, expected 0 or more", p.Title, c.Name, c.Color))
			}
		}
	}
	return errors.Join(faults...)
}

// columns is how many panels stand side by side.
func (f Figure) columns() int {
	n := len(f.Panels)
	switch {
	case f.Columns > 0:
		return min(f.Columns, n)
	case n <= 1:
		return 1
	case n <= 4:
		return 2
	default:
		return 3
	}
}

func (f Figure) rows() int { return (len(f.Panels) + f.columns() - 1) / f.columns() }

// Size implements Drawing.
func (f Figure) Size() (width, height vg.Length) {
	width = vg.Length(f.columns())*panelWidth + 2*margin
	if f.columns() == 1 {
		width = panelWidth*1.5 + 2*margin
	}
	return width, f.header(width) + vg.Length(f.rows())*panelHeight + 2*margin
}

// header is the height of title and legend.
func (f Figure) header(width vg.Length) vg.Length {
	var h vg.Length
	if f.Title != "" {
		h += titleSize * 1.8
	}
	if rows := len(f.legend(width)); rows > 0 {
		h += vg.Length(rows)*legendRow + 4
	}
	return h
}

// Draw implements Drawing.
func (f Figure) Draw(c draw.Canvas) {
	width := c.Max.X - c.Min.X
	top := c.Max.Y - margin
	if f.Title != "" {
		c.FillText(letters(titleSize, true, ink()), vg.Point{X: c.Min.X + margin, Y: top - titleSize}, f.Title)
		top -= titleSize * 1.8
	}
	for i, row := range f.legend(width) {
		for _, e := range row {
			e.draw(c, vg.Point{X: c.Min.X + margin + e.x, Y: top - vg.Length(i)*legendRow - legendRow/2})
		}
	}
	body := draw.Crop(c, margin, -margin, margin, -margin-f.header(width))
	columns, rows := f.columns(), f.rows()
	w, h := (body.Max.X-body.Min.X)/vg.Length(columns), (body.Max.Y-body.Min.Y)/vg.Length(rows)
	for i, p := range f.Panels {
		x, y := i%columns, i/columns
		cell := vg.Rectangle{
			Min: vg.Point{X: body.Min.X + vg.Length(x)*w, Y: body.Max.Y - vg.Length(y+1)*h},
			Max: vg.Point{X: body.Min.X + vg.Length(x+1)*w, Y: body.Max.Y - vg.Length(y)*h},
		}
		label := ""
		if i+columns >= len(f.Panels) {
			label = f.XLabel
		}
		low, high := f.xRange()
		p.draw(draw.Canvas{Canvas: c.Canvas, Rectangle: cell}, axis{low: low, high: high}, label)
	}
}

// xRange spans all panels, so that they can be compared by eye.
func (f Figure) xRange() (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range f.Panels {
		for _, c := range p.Curves {
			for i, x := range c.X {
				if visible(x, false) && visible(c.Y[i], p.Log) {
					low, high = min(low, x), max(high, x)
				}
			}
		}
	}
	return low, high
}

// key is a name in the legend.
type key struct {
	curve Curve
	x     vg.Length
}

// legend arranges the names of all curves, each once, in rows.
func (f Figure) legend(width vg.Length) [][]key {
	var rows [][]key
	seen := map[string]bool{}
	var x vg.Length
	style := letters(labelSize, false, ink())
	for _, p := range f.Panels {
		for _, c := range p.Curves {
			if c.Name == "" || seen[c.Name] {
				continue
			}
			seen[c.Name] = true
			w := style.Width(c.Name) + 44
			if len(rows) == 0 || x+w > width-2*margin && x > 0 {
				rows, x = append(rows, nil), 0
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], key{c, x})
			x += w
		}
	}
	return rows
}

func (k key) draw(c draw.Canvas, at vg.Point) {
	line := []vg.Point{at, {X: at.X + 20, Y: at.Y}}
	style := k.curve.style()
	c.StrokeLines(style, line)
	if k.curve.Marks {
		dot(c, vg.Point{X: at.X + 10, Y: at.Y}, 2.4, style)
	}
	text := letters(labelSize, false, ink())
	text.YAlign = draw.YCenter
	c.FillText(text, vg.Point{X: at.X + 26, Y: at.Y}, k.curve.Name)
}

// style is the stroke of a curve's main line.
func (c Curve) style() draw.LineStyle {
	width := 1.5
	if c.Marks {
		width = 1
	}
	s := stroke(palette(c.Color), width)
	s.Dashes = dashes(c.Color)
	return s
}
