// Package ui shows what a long run does: a live line at the foot of a terminal, plain lines in a pipe.
//
//	screen := ui.NewScreen(os.Stderr, terminal)
//	table := ui.NewTable(screen, []ui.Column{{Name: "step", Width: 8}, {Name: "loss", Width: 8}})
//	table.Row([]string{"100", "7.1234"}, 0.25)
//
// Files: screen.go (one writer for lines and the live line), visible.go (what a terminal would obey is shown instead),
// table.go (rows of fixed columns), number.go (short numbers), nearest.go (the name that was meant by one that is not known),
// quoted.go (words as a shell reads them).
package ui
