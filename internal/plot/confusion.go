package plot

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"gobert/internal/metrics"
)

// Confusion is a confusion matrix: how often each label was predicted for each.
type Confusion struct {
	Title  string
	Labels []string
	Counts metrics.Confusion // [true][predicted]
}

// Validate says what cannot be drawn.
func (m Confusion) Validate() error {
	n := len(m.Labels)
	if n == 0 {
		return errors.New("plot: a confusion matrix needs labels")
	}
	if len(m.Counts) != n {
		return fmt.Errorf("plot: a confusion matrix of %d labels has %d rows", n, len(m.Counts))
	}
	for i, row := range m.Counts {
		if len(row) != n {
			return fmt.Errorf("plot: row %d of a confusion matrix of %d labels has %d numbers", i, n, len(row))
		}
	}
	return nil
}

// Limits of the sizes in a confusion matrix.
const (
	largestCell  = 62
	smallestCell = 7
	matrixSide   = 480 // what the sizes aim at
	numberCell   = 19  // least size of a cell that holds a number
	labelCell    = 9   // least size of a cell beside a label
	longestLabel = 110
)

func (m Confusion) cell() vg.Length {
	return vg.Length(min(max(matrixSide/float64(len(m.Labels)), smallestCell), largestCell))
}

func (m Confusion) labelStyle() text.Style {
	style := letters(min(labelSize, float64(m.cell())*0.8), false, ink())
	style.XAlign, style.YAlign = draw.XRight, draw.YCenter
	return style
}

// room is the width of the labels beside the rows.
func (m Confusion) room() vg.Length {
	if m.cell() < labelCell {
		return 0
	}
	var widest vg.Length
	for _, l := range m.Labels {
		widest = max(widest, m.labelStyle().Width(m.short(l)))
	}
	return widest + 8
}

// short cuts a long label.
func (m Confusion) short(label string) string {
	runes := []rune(label)
	style := m.labelStyle()
	if style.Width(label) <= longestLabel {
		return label
	}
	for len(runes) > 1 && style.Width(string(runes)+"\u2026") > longestLabel {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "\u2026"
}

// upright says whether the labels below the columns fit there lying.
func (m Confusion) upright() bool { return m.room()-8 > m.cell()-4 }

func (m Confusion) below() vg.Length {
	if m.upright() {
		return m.room()
	}
	return labelSize + 8
}

const (
	sideTitle = 20 // "true" and "predicted"
	scaleRoom = 58
)

// Size implements Drawing.
func (m Confusion) Size() (width, height vg.Length) {
	side := m.cell() * vg.Length(len(m.Labels))
	width = 2*margin + sideTitle + m.room() + side + scaleRoom
	width = max(width, letters(titleSize, true, ink()).Width(m.Title)+2*margin)
	return width, 2*margin + titleSize*2 + max(side, 90) + m.below() + sideTitle
}

// Draw implements Drawing.
func (m Confusion) Draw(c draw.Canvas) {
	c.FillText(letters(titleSize, true, ink()), vg.Point{X: c.Min.X + margin, Y: c.Max.Y - margin - titleSize}, m.Title)
	cell, n := m.cell(), vg.Length(len(m.Labels))
	origin := vg.Point{X: c.Min.X + margin + sideTitle + m.room(), Y: c.Max.Y - margin - titleSize*2} // top left
	for i, row := range m.Counts {
		total := 0
		for _, count := range row {
			total += count
		}
		for j, count := range row {
			at := vg.Rectangle{Min: vg.Point{X: origin.X + vg.Length(j)*cell, Y: origin.Y - vg.Length(i+1)*cell}}
			at.Max = vg.Point{X: at.Min.X + cell, Y: at.Min.Y + cell}
			m.square(c, at, count, float64(count)/float64(max(total, 1)))
		}
	}
	frame := corners(vg.Rectangle{Min: vg.Point{X: origin.X, Y: origin.Y - n*cell}, Max: vg.Point{X: origin.X + n*cell, Y: origin.Y}})
	c.StrokeLines(stroke(quiet(), 0.8), append(frame, frame[0]))
	m.labels(c, origin)
	m.scale(c, vg.Point{X: origin.X + n*cell + 16, Y: origin.Y})
}

// square draws one number, over a colour that says which share of its row it is.
func (m Confusion) square(c draw.Canvas, at vg.Rectangle, count int, share float64) {
	c.FillPolygon(shade(share), corners(at))
	outline := corners(at)
	c.StrokeLines(stroke(paper(), min(1, float64(m.cell())/20)), append(outline, outline[0]))
	if m.cell() < numberCell || count == 0 {
		return
	}
	dark := ink()
	if share > 0.5 {
		dark = paper()
	}
	middle := vg.Point{X: (at.Min.X + at.Max.X) / 2, Y: (at.Min.Y + at.Max.Y) / 2}
	number := centered(letters(math.Min(10, float64(m.cell())*0.36), true, dark))
	for fits := m.cell() - 4; number.Width(strconv.Itoa(count)) > fits; {
		number.Font.Size *= 0.9
	}
	if m.cell() < 34 {
		c.FillText(number, middle, strconv.Itoa(count))
		return
	}
	c.FillText(number, vg.Point{X: middle.X, Y: middle.Y + 6}, strconv.Itoa(count))
	c.FillText(centered(letters(7.5, false, dark)), vg.Point{X: middle.X, Y: middle.Y - 7}, strconv.FormatFloat(100*share, 'f', 1, 64)+" %")
}

// shade goes from nearly white to a dark blue, ever darker.
func shade(share float64) color.Color {
	mix := func(from, to uint8) uint8 {
		return uint8(math.Round(float64(from) + share*(float64(to)-float64(from))))
	}
	return color.NRGBA{mix(0xf4, 0x00), mix(0xf7, 0x4c), mix(0xfa, 0x86), 0xff}
}

// labels names rows and columns.
func (m Confusion) labels(c draw.Canvas, origin vg.Point) {
	cell, n := m.cell(), vg.Length(len(m.Labels))
	style := m.labelStyle()
	for i, l := range m.Labels {
		if cell < labelCell {
			break
		}
		middle := (vg.Length(i) + 0.5) * cell
		c.FillText(style, vg.Point{X: origin.X - 6, Y: origin.Y - middle}, m.short(l))
		below := style
		below.XAlign, below.YAlign = draw.XCenter, draw.YTop
		if m.upright() {
			below.Rotation = math.Pi / 2
			below.XAlign, below.YAlign = draw.XRight, draw.YCenter
		}
		c.FillText(below, vg.Point{X: origin.X + middle, Y: origin.Y - n*cell - 5}, m.short(l))
	}
	title := centered(letters(labelSize, true, quiet()))
	c.FillText(title, vg.Point{X: origin.X + n*cell/2, Y: c.Min.Y + margin + 4}, "predicted")
	title.Rotation = math.Pi / 2
	c.FillText(title, vg.Point{X: c.Min.X + margin + 4, Y: origin.Y - n*cell/2}, "true")
}

// scale shows what the colours mean.
func (m Confusion) scale(c draw.Canvas, top vg.Point) {
	const steps, height, width = 40, 80, 9
	for i := range steps {
		share := 1 - float64(i)/(steps-1)
		high := top.Y - height*vg.Length(i)/steps
		c.FillPolygon(shade(share), corners(vg.Rectangle{Min: vg.Point{X: top.X, Y: high - height/steps - 0.2}, Max: vg.Point{X: top.X + width, Y: high}}))
	}
	style := letters(7.5, false, quiet())
	style.YAlign = draw.YTop
	c.FillText(style, vg.Point{X: top.X + width + 3, Y: top.Y}, "100 %")
	style.YAlign = draw.YBottom
	c.FillText(style, vg.Point{X: top.X + width + 3, Y: top.Y - height}, "0 %")
	style.YAlign = draw.YCenter
	c.FillText(style, vg.Point{X: top.X + width + 3, Y: top.Y - height/2}, "of row")
}
