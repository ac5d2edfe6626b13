package report

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"gobert/internal/metrics"
)

// Reliability is a calibration diagram: in each range of confidence, how often the model was right. Take the bins and the
// error from [metrics.Calibrate].
type Reliability struct {
	Bins  []metrics.Bin
	Error float64 // expected calibration error, 0..1
}

// Heights of the diagram and of the counts below it, in points.
const (
	diagramHeight = 310
	countsHeight  = 100
)

// Size implements Picture.
func (r Reliability) Size() (width, height vg.Length) {
	return 345 + 2*margin, diagramHeight + countsHeight + legendRow + 2*margin
}

// Draw implements Picture.
func (r Reliability) Draw(c draw.Canvas) {
	total := 0
	for _, b := range r.Bins {
		total += b.Count
	}
	right, under, over, share := bars(okabeIto[0]), bars(pale(okabeIto[0])), bars(pale(okabeIto[1])), bars(okabeIto[6])
	for _, b := range r.Bins {
		put := func(h *plotter.Histogram, weight float64) {
			h.Bins = append(h.Bins, plotter.HistogramBin{Min: b.Low, Max: b.High, Weight: weight})
		}
		put(share, float64(b.Count)/float64(max(total, 1)))
		switch {
		case b.Count == 0:
			continue
		case b.Accuracy > b.Confidence:
			put(under, b.Accuracy)
		default:
			put(over, b.Confidence)
		}
		put(right, min(b.Accuracy, b.Confidence))
	}
	diagram, counts := axes(""), axes("")
	grid(diagram)
	// What was right covers the lower part of what was promised.
	diagram.Add(under, over, right, &plotter.Line{XYs: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}, LineStyle: stroke(ink, 1, 4, 3)})
	grid(counts)
	counts.Add(share)
	diagram.Y.Label.Text, counts.Y.Label.Text, counts.X.Label.Text = "accuracy", "share", "confidence"
	for _, g := range []*plot.Plot{diagram, counts} {
		g.X.Min, g.X.Max, g.X.Tick.Marker, g.Y.Tick.Marker = 0, 1, ticks("%"), ticks("%")
	}
	diagram.Y.Min, diagram.Y.Max, counts.Y.Max = 0, 1, counts.Y.Max*1.08

	var l legend
	l.add(math.MaxFloat64, "right", right)
	l.add(math.MaxFloat64, "less sure than right", under)
	l.add(math.MaxFloat64, "too sure", over)
	l.add(math.MaxFloat64, "ECE "+strconv.FormatFloat(100*r.Error, 'f', 2, 64)+" %")
	for _, e := range l.entries {
		e.ThumbnailWidth = min(e.ThumbnailWidth, 10)
		e.Draw(c)
	}
	c = draw.Crop(c, 0, 0, 0, -l.height())
	at := plot.Align([][]*plot.Plot{{diagram}, {counts}}, draw.Tiles{Rows: 2, Cols: 1}, c)
	upper, lower := at[0][0], at[1][0]
	upper.Min.Y, lower.Max.Y = c.Max.Y-diagramHeight, c.Max.Y-diagramHeight-10
	lower.Min.Y = c.Min.Y
	diagram.Draw(upper)
	counts.Draw(lower)
}

// bars are those of a histogram, with white between them.
func bars(fill color.Color) *plotter.Histogram {
	return &plotter.Histogram{FillColor: fill, LineStyle: stroke(paper, 0.8)}
}
