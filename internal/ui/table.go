package ui

import (
	"fmt"
	"strings"
)

// Column is one of a table's fixed columns, right-aligned.
type Column struct {
	Name  string
	Width int
}

// Table prints rows of fixed columns: in a pipe each as a line, in a terminal the newest as the live line, with a bar, and with as
// many columns as it has room for.
type Table struct {
	screen  *Screen
	columns []Column
	rows    int
}

// headEvery rows of a pipe the heading comes again, so that a tail of a log can be read.
const headEvery = 50

// NewTable begins a table.
func NewTable(s *Screen, columns []Column) *Table { return &Table{screen: s, columns: columns} }

// Row shows a row; done is the share of the whole that is reached.
func (t *Table) Row(cells []string, done float64) {
	if t.screen.IsLive() {
		if t.rows == 0 {
			fmt.Fprintln(t.screen, t.head())
		}
		t.rows++
		line := t.line(cells)
		if with := line + "  " + bar(done); len(with) < t.screen.width() {
			line = with
		}
		t.screen.Live(line)
		return
	}
	if t.rows%headEvery == 0 {
		fmt.Fprintln(t.screen, t.head())
	}
	t.rows++
	fmt.Fprintln(t.screen, t.line(cells))
}

// Keep makes the row that is shown live a lasting line.
func (t *Table) Keep(cells []string) {
	if t.screen.IsLive() {
		fmt.Fprintln(t.screen, t.line(cells))
	}
}

// End takes the live line away.
func (t *Table) End() { t.screen.Live("") }

func (t *Table) head() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.Name
	}
	return t.line(names)
}

func (t *Table) line(cells []string) string {
	var b strings.Builder
	for i, c := range t.columns {
		if !t.fits(i) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		fmt.Fprintf(&b, "%*s", c.Width, cell)
	}
	return b.String()
}

// fits says whether a column has room: in a narrow terminal the last one stays, and of the others the first ones.
func (t *Table) fits(column int) bool {
	last := len(t.columns) - 1
	if !t.screen.IsLive() || column == last {
		return true
	}
	room := t.columns[last].Width
	for _, c := range t.columns[:column+1] {
		room += 1 + c.Width
	}
	return room < t.screen.width()
}

// barWidth is how many characters a bar has.
const barWidth = 12

// bar draws a share of the whole.
func bar(done float64) string {
	full := int(min(max(done, 0), 1)*barWidth + 0.5)
	return fmt.Sprintf("[%s%s] %3.0f%%", strings.Repeat("=", full), strings.Repeat(" ", barWidth-full), 100*min(max(done, 0), 1))
}
