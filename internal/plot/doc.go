// Package plot draws pictures of runs, PNG or SVG by the file's name: curves in several panels, confusion matrices and
// calibration diagrams.
//
//	figure := plot.Runs([]plot.Run{{Name: "base", Entries: entries}}, plot.RunOptions{})
//	err := plot.Write("curves.png", figure)
//
// Every picture is a [Drawing]: it knows its size and draws itself, so [Write] and [Encode] serve all of them. Colours are
// those of Okabe and Ito, which people with any kind of colour vision tell apart; a raw line is faint and its smoothed line
// strong. Text is in Liberation Sans, which is part of the program, so pictures look the same everywhere.
//
// # Files
//
//   - picture.go: Drawing, Write, Encode: to files, whole or not at all
//   - style.go: colours and fonts
//   - ticks.go: where an axis has numbers, and how they are written
//   - figure.go: Figure, Panel, Curve: panels beside each other under one legend
//   - panel.go: one panel: axes, grid, lines
//   - line.go: a line with gaps where values are missing, thinned to what can be seen
//   - quantiles.go: what leaves spikes out of an axis
//   - runs.go: Run, Runs: the panels of recorded runs
//   - measures.go: titles and units of what runs measure
//   - confusion.go: Confusion: a confusion matrix
//   - reliability.go: Reliability: is the model as sure as it is right
package plot
