// Package report shows runs: pictures, PNG or SVG by the file's name, and the page, one HTML file that holds everything it
// needs, opens offline, and sends nothing anywhere.
//
//	figure, err := report.Runs([]report.Run{{Name: "base", Entries: entries}}, report.RunOptions{})
//	err = report.Draw("curves.png", figure)
//
//	page := report.Page{
//		Title:  "A tiny BERT",
//		About:  "Pretrained on 2,400 little stories.",
//		Panels: report.Panels(entries, []report.Measure{{Name: "loss", Title: "Loss", Unit: "nats"}}),
//	}
//	err := page.Write("run/report.html")
//
// One renderer draws both: a [Panel] becomes a plot of gonum's, which draws itself on a canvas of PNG, of SVG, or of the page's
// SVG in the colours of its theme. Colours are those of Okabe and Ito, which people with any kind of colour vision tell apart; a
// raw line is faint and its smoothed line strong. Text is in Liberation Sans, which is part of the program.
//
// What a page can show, each part only where it has something: results beside a baseline, curves, masked sentences with
// the guesses of several moments of training, a confusion matrix, the worst errors, and the attention view: which token
// looks at which, to both sides at once, for every layer and head of a few sentences. Its charts need no script; the script adds
// reading values off, the attention view and the switch between light and dark. Every chart has its numbers in a table for those
// who cannot see it.
//
// # Files
//
//   - picture.go: Picture, Draw: to files, whole or not at all
//   - style.go, ticks.go: colours, fonts, axes, and the numbers on them
//   - panel.go: Panel, Curve: one pair of axes
//   - figure.go: Figure: panels beside each other under one legend
//   - runs.go, measures.go: the panels of recorded runs, titles and units of what they measure
//   - confusion.go, reliability.go: a confusion matrix; is the model as sure as it is right
//   - page.go, write.go, chart.go: what a page holds, filling the template, a panel on a page; static/ is embedded
//   - look.go, attention.go: the attention of a few texts, packed
//   - settings.go: settings from JSON
package report
