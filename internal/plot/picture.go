package plot

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gobert/internal/whole"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Drawing is a picture before it has a format.
type Drawing interface {
	// Size is the width and height of the picture.
	Size() (width, height vg.Length)
	// Draw draws it on a canvas of that size.
	Draw(c draw.Canvas)
	// Validate says what cannot be drawn.
	Validate() error
}

// resolution of PNG files, dots per inch: sharp on a dense screen, and small.
const resolution = 144

// Formats are the endings of the file names that [Write] knows.
func Formats() []string { return []string{".png", ".svg"} }

// Write draws a picture into a file, in the format that its name ends with. The file appears whole or not at all.
func Write(path string, d Drawing) error {
	var picture bytes.Buffer
	if err := Encode(&picture, filepath.Ext(path), d); err != nil {
		return fmt.Errorf("plot: drawing %s: %w", path, err)
	}
	if err := whole.Write(path, picture.Bytes()); err != nil {
		return fmt.Errorf("plot: writing %s: %w", path, err)
	}
	return nil
}

// Encode draws a picture in a format, .png or .svg.
func Encode(w io.Writer, format string, d Drawing) error {
	if err := d.Validate(); err != nil {
		return err
	}
	width, height := d.Size()
	var canvas vg.CanvasWriterTo
	switch strings.ToLower(format) {
	case ".png":
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(resolution))}
	case ".svg":
		canvas = vgsvg.New(width, height)
	default:
		return fmt.Errorf("the format %q is not known (hint: let the name end with .png or .svg)", format)
	}
	c := draw.NewCanvas(canvas, width, height)
	c.FillPolygon(paper(), corners(c.Rectangle))
	d.Draw(c)
	if _, vector := canvas.(*vgsvg.Canvas); !vector {
		_, err := canvas.WriteTo(w)
		return err
	}
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return err
	}
	// Arial has the same widths, and somebody who opens the file may not have Liberation Sans.
	svg := bytes.ReplaceAll(text.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
	// Some programs know no size in points.
	_, err := w.Write(bytes.Replace(svg, []byte(`pt"`), []byte(`"`), 2))
	return err
}

func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}
