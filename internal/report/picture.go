package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"gobert/internal/disk"
	"gobert/internal/fault"
)

// A Picture draws itself on a canvas of its size.
type Picture interface {
	Size() (width, height vg.Length)
	Draw(c draw.Canvas)
}

// resolution of PNG files, dots per inch: sharp on a dense screen, and small.
const resolution = 144

// Draw writes a picture into a file, PNG or SVG by the end of its name, whole or not at all.
func Draw(path string, p Picture) error {
	var file bytes.Buffer
	if err := encode(&file, filepath.Ext(path), p); err != nil {
		return fmt.Errorf("report: drawing %s: %w", path, err)
	}
	if err := disk.Write(path, file.Bytes()); err != nil {
		return fmt.Errorf("report: writing %s: %w", path, err)
	}
	return nil
}

// encode draws a picture in a format, .png or .svg.
func encode(w io.Writer, format string, p Picture) error {
	width, height := p.Size()
	var canvas vg.CanvasWriterTo
	switch strings.ToLower(format) {
	case ".png":
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(resolution))}
	case ".svg":
		canvas = vgsvg.New(width, height)
	default:
		return fault.New("the format %q is not known", format).Advise("let the name end with .png or .svg")
	}
	c := draw.NewCanvas(canvas, width, height)
	c.SetColor(paper)
	c.Fill(c.Path())
	p.Draw(draw.Crop(c, margin, -margin, margin, -margin))
	var file bytes.Buffer
	if _, err := canvas.WriteTo(&file); err != nil {
		return err
	}
	text := file.Bytes()
	if strings.EqualFold(format, ".svg") {
		// Arial has the same widths, and somebody who opens the file may not have Liberation Sans.
		text = bytes.ReplaceAll(text, []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;"))
		text = bytes.Replace(text, []byte(`pt"`), []byte(`"`), 2) // some programs know no size in points
	}
	_, err := w.Write(text)
	return err
}
