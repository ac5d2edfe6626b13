package table

import (
	"bytes"
	"encoding/json"

	"gobert/data/labelled"
)

// plainLines gives a text a line.
type plainLines struct {
	lines  *labelled.Lines
	record int
}

func (p *plainLines) next() (row, error) {
	line, err := p.lines.NextNow()
	if err != nil {
		return row{}, err
	}
	p.record++
	return row{at: p.lines.Origin(p.lines.Number(), p.record), names: []string{"text"}, values: []any{line}}, nil
}

// Close closes the file.
func (p *plainLines) Close() error { return p.lines.Close() }

// longLine is a length that only the beginning of a longer line has, of what is looked at.
const longLine = headSize - 64

// isLines reports whether the first line of a JSON file is a whole object: then it is JSON Lines, whatever it is called.
func isLines(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	line, rest, found := bytes.Cut(head, []byte("\n"))
	if len(head) == 0 || head[0] != '{' {
		return false
	}
	if !found {
		// One line: whole, or too long to be seen whole. A list of objects in it is what holds the rows.
		return (json.Valid(line) || len(head) > longLine) && !bytes.Contains(line, []byte(`:[{`)) && !bytes.Contains(line, []byte(`: [{`))
	}
	if json.Valid(line) {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		return len(rest) == 0 || rest[0] == '{'
	}
	return bytes.HasPrefix(bytes.TrimSpace(rest), []byte("{")) // A faulty first line of JSON Lines.
}
