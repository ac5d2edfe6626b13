package report

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Confusion counts, for each true label (row), what was predicted (column). It is a table of a page, and a picture.
type Confusion struct {
	Title  string
	Labels []string
	Counts [][]int
}

// Cell is one cell of a confusion matrix: how many, and the share of its row from 0 to 1.
type Cell struct {
	Count int
	Share float64
	Right bool // on the diagonal
}

// Rows gives the matrix with the share of each cell in its row.
func (m Confusion) Rows() [][]Cell {
	rows := make([][]Cell, len(m.Counts))
	for i, counts := range m.Counts {
		total := 0
		for _, n := range counts {
			total += n
		}
		for j, n := range counts {
			rows[i] = append(rows[i], Cell{n, float64(n) / float64(max(total, 1)), i == j})
		}
	}
	return rows
}

// Sizes of the picture, in points.
const (
	largestCell  = 62
	smallestCell = 7
	matrixSide   = 480 // what the sizes aim at
	numberCell   = 19  // least size of a cell that holds a number
	shareCell    = 34  // and its share
	labelCell    = 9   // least size of a cell beside a label
	longestLabel = 24  // letters
	scaleWidth   = 66
	scaleHeight  = 110
)

func (m Confusion) cell() vg.Length {
	return min(max(vg.Length(matrixSide)/vg.Length(len(m.Labels)), smallestCell), largestCell)
}

// ticks are the labels beside rows and columns, and the size of the longest.
func (m Confusion) ticks() (marks []plot.Tick, font, longest vg.Length) {
	font = min(labelSize, m.cell()*0.8)
	for i, label := range m.Labels {
		if m.cell() < labelCell {
			return nil, font, 0
		}
		if letters := []rune(label); len(letters) > longestLabel {
			label = string(letters[:longestLabel-1]) + "\u2026"
		}
		marks = append(marks, plot.Tick{Value: float64(i), Label: label})
		longest = max(longest, letters(font, false, quiet).Width(label))
	}
	return marks, font, longest
}

// Size implements Picture.
func (m Confusion) Size() (width, height vg.Length) {
	_, _, label := m.ticks()
	side := m.cell() * vg.Length(len(m.Labels))
	below := label
	if label < m.cell() {
		below = labelSize
	}
	width = max(side+label+24+scaleWidth, letters(titleSize, true, ink).Width(m.Title))
	return width + 2*margin, max(side, scaleHeight) + below + 24 + titleHeight(m.Title) + 2*margin
}

// Draw implements Picture.
func (m Confusion) Draw(c draw.Canvas) {
	c = drawTitle(c, m.Title)
	marks, font, longest := m.ticks()
	dark, _ := moreland.NewLuminance([]color.Color{color.NRGBA{0x00, 0x4c, 0x86, 0xff}, color.NRGBA{0xf4, 0xf7, 0xfa, 0xff}})
	shades := palette.Reverse(dark)
	shades.SetMin(0)
	shades.SetMax(1)

	g := axes("")
	n := float64(len(m.Labels))
	g.X.Label.Text, g.Y.Label.Text = "predicted", "true"
	g.X.Min, g.X.Max, g.Y.Min, g.Y.Max = -0.5, n-0.5, -0.5, n-0.5
	g.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}} // the first row is on top
	g.X.Tick.Marker, g.Y.Tick.Marker = plot.ConstantTicks(marks), plot.ConstantTicks(marks)
	g.X.Tick.Label.Font.Size, g.Y.Tick.Label.Font.Size = font, font
	if longest > m.cell()-4 {
		g.X.Tick.Label.Rotation, g.X.Tick.Label.XAlign, g.X.Tick.Label.YAlign = math.Pi/2, draw.XRight, draw.YCenter
	}
	g.Add(cells{m, shades})
	g.Draw(draw.Crop(c, 0, -scaleWidth, 0, 0))

	scale := axes("")
	scale.HideX()
	scale.Y.Tick.Marker, scale.Y.Label.Text = ticks("%"), "share of the row"
	scale.Add(&plotter.ColorBar{ColorMap: shades, Vertical: true})
	scale.Draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
		Min: vg.Point{X: c.Max.X - scaleWidth + 16, Y: c.Max.Y - scaleHeight}, Max: vg.Point{X: c.Max.X, Y: c.Max.Y},
	}})
}

// cells draws the counts, over colours that say which share of its row each is.
type cells struct {
	Confusion

	shades palette.ColorMap
}

// Plot implements plot.Plotter.
func (m cells) Plot(c draw.Canvas, g *plot.Plot) {
	x, y := g.Transforms(&c)
	size := m.cell()
	for i, row := range m.Rows() {
		for j, cell := range row {
			l, r, t, b := x(float64(j)-0.5), x(float64(j)+0.5), y(float64(i)-0.5), y(float64(i)+0.5)
			outline := []vg.Point{{X: l, Y: b}, {X: r, Y: b}, {X: r, Y: t}, {X: l, Y: t}, {X: l, Y: b}}
			shade, _ := m.shades.At(cell.Share)
			c.FillPolygon(shade, outline)
			c.StrokeLines(stroke(paper, min(1, size/20)), outline)
			if size < numberCell || cell.Count == 0 {
				continue
			}
			on := ink
			if cell.Share > 0.5 {
				on = paper
			}
			count := strconv.Itoa(cell.Count)
			style := letters(min(10, size*0.36), true, on)
			style.Font.Size *= min(1, (size-4)/style.Width(count))
			middle := vg.Point{X: (l + r) / 2, Y: (t + b) / 2}
			if size < shareCell {
				c.FillText(style, middle, count)
				continue
			}
			c.FillText(style, vg.Point{X: middle.X, Y: middle.Y + 6}, count)
			c.FillText(letters(7.5, false, on), vg.Point{X: middle.X, Y: middle.Y - 7}, number(cell.Share, "%"))
		}
	}
}
