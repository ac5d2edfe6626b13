package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figure is a picture of panels in rows, under one legend.
type Figure struct {
	Title  string
	XLabel string // below the lowest panel of each column, such as "step"
	Panels []Panel
}

// Sizes of a figure, in points.
const (
	panelWidth  = 330
	panelHeight = 190
	titleRow    = 1.8 * titleSize
	legendRow   = 16
)

// columns is how many panels stand side by side.
func (f Figure) columns() int {
	switch n := len(f.Panels); {
	case n <= 1:
		return 1
	case n <= 4:
		return 2
	}
	return 3
}

func (f Figure) rows() int { return (len(f.Panels) + f.columns() - 1) / f.columns() }

// Size implements Picture.
func (f Figure) Size() (width, height vg.Length) {
	width = vg.Length(f.columns()) * panelWidth
	if f.columns() == 1 {
		width *= 1.5
	}
	_, legend := f.legend(width)
	return width + 2*margin, titleHeight(f.Title) + legend + vg.Length(f.rows())*panelHeight + 2*margin
}

// Draw implements Picture.
func (f Figure) Draw(c draw.Canvas) {
	c = drawTitle(c, f.Title)
	names, height := f.legend(c.Max.X - c.Min.X)
	for _, n := range names {
		n.Draw(c)
	}
	tiles := draw.Tiles{Rows: f.rows(), Cols: f.columns(), PadX: 16, PadY: 10}
	plots := make([][]*plot.Plot, tiles.Rows)
	low, high := xRange(f.Panels...)
	for i := range plots {
		plots[i] = make([]*plot.Plot, tiles.Cols)
		for j := range plots[i] {
			if k := i*tiles.Cols + j; k < len(f.Panels) {
				label := f.XLabel
				if k+tiles.Cols < len(f.Panels) {
					label = ""
				}
				plots[i][j] = f.Panels[k].plot(low, high, label)
				plots[i][j].Title.Text = f.Panels[k].titled()
			}
		}
	}
	for i, row := range plot.Align(plots, tiles, draw.Crop(c, 0, 0, 0, -height)) {
		for j, at := range row {
			if plots[i][j] != nil {
				plots[i][j].Draw(at)
			}
		}
	}
}

// titled is the panel's title with the unit of its values.
func (p Panel) titled() string {
	if p.Unit == "" {
		return p.Title
	}
	return p.Title + " (" + p.Unit + ")"
}

// legend names all curves, each once, in rows of a width.
func (f Figure) legend(width vg.Length) ([]plot.Legend, vg.Length) {
	var l legend
	seen := map[string]bool{}
	for _, p := range f.Panels {
		for _, c := range p.Curves {
			if c.Name == "" || seen[c.Name] {
				continue
			}
			seen[c.Name] = true
			thumbs := []plot.Thumbnailer{&plotter.Line{LineStyle: c.style()}}
			if c.Marks {
				thumbs = append(thumbs, c.dots(nil, 2.4))
			}
			l.add(width, c.Name, thumbs...)
		}
	}
	return l.entries, l.height()
}

// legend stands above a picture, one entry beside the other.
type legend struct {
	entries []plot.Legend
	x       vg.Length
	row     int
}

func (l *legend) add(width vg.Length, name string, thumbs ...plot.Thumbnailer) {
	e := plot.NewLegend()
	e.Left, e.Top, e.YPosition, e.TextStyle = true, true, draw.PosCenter, letters(labelSize, false, ink)
	e.TextStyle.XAlign, e.TextStyle.YAlign = draw.XLeft, draw.YBottom
	if len(thumbs) == 0 {
		e.ThumbnailWidth = 0
	}
	e.Add(name, thumbs...)
	room := e.ThumbnailWidth + e.TextStyle.Width(" "+name) + 18
	if l.x > 0 && l.x+room > width {
		l.x, l.row = 0, l.row+1
	}
	e.XOffs, e.YOffs = l.x, -legendRow*vg.Length(l.row)
	l.x += room
	l.entries = append(l.entries, e)
}

func (l *legend) height() vg.Length {
	if len(l.entries) == 0 {
		return 0
	}
	return legendRow*vg.Length(l.row+1) + 4
}

// titleHeight is the room of a picture's title.
func titleHeight(title string) vg.Length {
	if title == "" {
		return 0
	}
	return titleRow
}

// drawTitle writes a picture's title and gives what is left below it.
func drawTitle(c draw.Canvas, title string) draw.Canvas {
	style := letters(titleSize, true, ink)
	style.XAlign, style.YAlign = draw.XLeft, draw.YTop
	c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y}, title)
	return draw.Crop(c, 0, 0, 0, -titleHeight(title))
}
