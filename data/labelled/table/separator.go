package table

import "strings"

// separators are those that CSV files are found to have, the likeliest first. Where numbers have decimal commas, spreadsheets
// write semicolons.
const separators = ",;\t|"

// findSeparator looks for the separator that gives the records at the beginning of a file the same number of columns, and more
// than one. Where none does, the first that parts the first record is taken, so that the faults of the others are told; and a
// comma where there is one column only.
func findSeparator(head []byte) byte {
	fallback := byte(0)
	for _, separator := range []byte(separators) {
		counts := widths(string(head), separator)
		if len(counts) == 0 || counts[0] < 2 {
			continue
		}
		same := true
		for _, n := range counts {
			same = same && n == counts[0]
		}
		if same {
			return separator
		}
		if fallback == 0 {
			fallback = separator
		}
	}
	if fallback == 0 {
		return separators[0]
	}
	return fallback
}

// widths counts the columns of each record that is seen to its end.
func widths(text string, separator byte) (counts []int) {
	columns, begins, quoted, closed := 1, true, false, -1
	record := 0 // where the record began
	for i := range len(text) {
		switch c := text[i]; {
		case quoted && c == '"':
			quoted, closed = false, i
		case quoted:
		case c == '"' && (begins || closed == i-1): // The second one of two within quotes opens them again.
			quoted, begins = true, false
		case c == separator:
			columns++
			begins = true
		case c == '\n':
			if strings.TrimSpace(text[record:i]) != "" {
				counts = append(counts, columns)
			}
			columns, begins, record = 1, true, i+1
		default:
			begins = false
		}
	}
	if !quoted && strings.TrimSpace(text[record:]) != "" && len(counts) < 2 {
		counts = append(counts, columns) // It may be half a record, but there is little else to tell.
	}
	return counts
}
