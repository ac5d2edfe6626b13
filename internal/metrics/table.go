package metrics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Row is a line of a table of scores.
type Row struct {
	Name string
	Scores
}

// Table writes scores in columns, as classification_report does; a row without a name leaves a gap.
func Table(rows []Row) string {
	width := 5
	for _, r := range rows {
		width = max(width, utf8.RuneCountInString(r.Name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  precision  recall      F1  support\n", pad("", width))
	for _, r := range rows {
		if r.Name == "" {
			b.WriteByte('\n')
			continue
		}
		fmt.Fprintf(&b, "%s  %9.4f  %6.4f  %6.4f  %7d\n", pad(r.Name, width), r.Precision, r.Recall, r.F1, r.Support)
	}
	return b.String()
}

// Rows gives the scores of every class that is present.
func (c Confusion) Rows(labels []string) (rows []Row) {
	for i, n := range c.classes() {
		if n.present() {
			rows = append(rows, Row{labels[i], n.scores()})
		}
	}
	return rows
}

// Table lists every class that is present and the averages.
func (c Confusion) Table(labels []string) string {
	rows := append(c.Rows(labels), Row{}, Row{"macro average", c.Average(Macro)}, Row{"weighted average", c.Average(Weighted)})
	return Table(rows) + fmt.Sprintf("accuracy %.4f of %d examples\n", c.Accuracy(), c.total())
}

// Rows gives the scores of every class.
func (m Multilabel) Rows(labels []string) (rows []Row) {
	for j, n := range m.classes {
		rows = append(rows, Row{labels[j], n.scores()})
	}
	return rows
}

// Table lists every class and the averages.
func (m Multilabel) Table(labels []string) string {
	rows := append(m.Rows(labels), Row{}, Row{"micro average", m.Average(Micro)}, Row{"macro average", m.Average(Macro)},
		Row{"weighted average", m.Average(Weighted)}, Row{"samples average", m.Average(Samples)})
	return Table(rows) + fmt.Sprintf("all labels right: %.4f of %d examples\n", m.Accuracy(), len(m.examples))
}

// Table lists every type of entity and the averages.
func (r EntityReport) Table() string {
	return Table(append(slices.Clip(r.Types), Row{}, Row{"micro average", r.Micro}, Row{"macro average", r.Macro}, Row{"weighted average", r.Weighted}))
}

// Text is the matrix: a row for each label, a column for each prediction. Columns are numbered where the labels are too long to stand above them.
func (c Confusion) Text(labels []string) string {
	name, cell := 0, 5
	for i := range c {
		name = max(name, utf8.RuneCountInString(labels[i]))
		for _, n := range c[i] {
			cell = max(cell, len(strconv.Itoa(n)))
		}
	}
	short := name <= 12
	if short {
		cell = max(cell, name)
	}
	number := len(strconv.Itoa(len(c) - 1))
	var b strings.Builder
	b.WriteString("true \\ predicted\n")
	if !short {
		fmt.Fprintf(&b, "%*s  ", number, "")
	}
	b.WriteString(pad("", name))
	for i := range c {
		head := strconv.Itoa(i)
		if short {
			head = labels[i]
		}
		fmt.Fprintf(&b, "  %s%s", pad("", cell-utf8.RuneCountInString(head)), head)
	}
	b.WriteByte('\n')
	for i, row := range c {
		if !short {
			fmt.Fprintf(&b, "%*d  ", number, i)
		}
		b.WriteString(pad(labels[i], name))
		for _, n := range row {
			fmt.Fprintf(&b, "  %*d", cell, n)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// pad fills a text with spaces to a width in characters.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
