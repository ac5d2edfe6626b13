// Package report makes the page that shows a run: one HTML file that holds everything it needs, opens offline, and sends
// nothing anywhere.
//
//	page := report.Page{
//		Title:  "A tiny BERT",
//		About:  "Pretrained on 2,400 little stories.",
//		Panels: []report.Panel{{Title: "Loss", Unit: "nats", Series: []report.Series{{Name: "train", X: steps, Y: losses}}}},
//	}
//	err := page.Write("run/report.html")
//
// What a page can show, each part only where it has something: results beside a baseline, curves, masked sentences with
// the guesses of several moments of training, a confusion matrix, the worst errors, and the attention view: which token
// looks at which, to both sides at once, for every layer and head of a few sentences.
//
// Curves are drawn here, as SVG, so that they need no script; the script adds reading values off, the attention view and the
// switch between light and dark. Every picture has its numbers in a table for those who cannot see it.
//
// Files: page.go (what a page holds), write.go (filling the template), chart.go and axis.go (curves), heatmap.go (the
// confusion matrix), attention.go (packing attention weights), static/ (template, style and script, embedded). Package browse
// below it tries a page in a real browser, for tests.
package report
