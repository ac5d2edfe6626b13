package corpus

import (
	"cmp"
	"html"
	"strings"
	"unicode/utf8"

	"gobert/data/textfile"
	"gobert/internal/fault"
)

// visitor gets what stands in a block.
type visitor struct {
	text func(text string)                // a line, trimmed and not empty, of the document that is open
	end  func()                           // the document ends, if one is open
	bad  func(record int, err error) bool // a record that cannot be read; false ends the parsing
}

// parser reads the records of one block.
type parser struct {
	visitor
	field string
	most  int  // lines of a document; 0: any number
	dirty bool // somewhere there are zero bytes or invalid UTF-8: look at each record
}

// parse hands the documents of a block on, and returns the number of lines or rows. open reports
// whether the last document may go on in the next block.
func (o *ReadOptions) parse(b block, v visitor) (records int, open bool) {
	p := parser{visitor: v, field: cmp.Or(o.Field, "text"), most: o.DocumentLines}
	text := string(b.data)
	p.dirty = strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text)
	switch b.info.Format {
	case Parquet, CSV, TSV:
		records = p.rows(text, b)
	case Wiki:
		records = p.wiki(text)
	case Text:
		records, open = p.plain(text)
		if b.last || o.DocumentLines > 0 {
			v.end() // Lines are counted within a block, which does not depend on who reads it.
			open = false
		}
		return records, open
	default:
		records = p.lines(text, b.info.Format)
	}
	return records, false
}

// trim removes what surrounds the text of a line.
func trim(line string) string { return strings.Trim(line, " \t\r\n\v\f") }

// check looks at a record where that is needed.
func (p *parser) check(record int, text string) (ok, goOn bool) {
	if !p.dirty {
		return true, true
	}
	if err := textfile.Check(text); err != nil {
		return false, p.bad(record, err)
	}
	return true, true
}

// plain reads lines with empty ones between documents.
func (p *parser) plain(text string) (lines int, open bool) {
	inside := 0 // lines of the document that is open
	for line := range strings.Lines(text) {
		lines++
		trimmed := trim(line)
		if open = trimmed != ""; !open {
			p.end()
			inside = 0
			continue
		}
		ok, goOn := p.check(lines, line)
		if ok {
			p.text(trimmed)
		}
		if inside++; inside == p.most {
			p.end()
			inside = 0
		}
		if !goOn {
			break
		}
	}
	return lines, open
}

// lines reads formats with a record a line.
func (p *parser) lines(text string, format Format) (lines int) {
	for line := range strings.Lines(text) {
		lines++
		if trim(line) == "" {
			continue
		}
		ok, goOn := p.check(lines, line)
		if ok {
			if err := p.line(line, format); err != nil {
				goOn = p.bad(lines, err)
			}
		}
		if !goOn {
			break
		}
	}
	return lines
}

func (p *parser) line(line string, format Format) error {
	if format == Lines {
		p.document(line)
		return nil
	}
	wanted := []string{p.field}
	if format == WikiJSON {
		wanted = append(wanted, "title")
	}
	values, err := jsonFields(line, wanted)
	if err != nil {
		return err
	}
	if format == WikiJSON {
		p.document(html.UnescapeString(dropTitle(values[0], values[1])))
	} else {
		p.document(values[0])
	}
	return nil
}

// document hands on all lines of a document.
func (p *parser) document(text string) {
	for line := range strings.Lines(text) {
		if line = trim(line); line != "" {
			p.text(line)
		}
	}
	p.end()
}

// jsonFields returns strings of an object; the first must be there. A field that is null is empty.
func jsonFields(line string, wanted []string) ([]string, error) {
	values := make([]string, len(wanted))
	found := false
	var names []string
	o := object{text: line}
	err := o.each(func(name string) (err error) {
		names = append(names, name)
		for i, want := range wanted {
			if name != want {
				continue
			}
			found = found || i == 0
			if values[i] = ""; o.null() {
				return nil
			}
			if o.space(); o.at < len(o.text) && o.text[o.at] != '"' {
				return fault.New("its field %q is no string: %.20q", name, o.text[o.at:]).Advise("another field: {field} NAME")
			}
			values[i], err = o.string()
			return err
		}
		return o.skip()
	})
	if err == nil && !found {
		err = fault.New("it has no field %q, it has %q", wanted[0], names).Advise("name the field of the text: {field} NAME")
	}
	return values, err
}

// rows reads the values of a column.
func (p *parser) rows(text string, b block) (rows int) {
	begin, faults := 0, b.faults
	for i, end := range b.records {
		ok, goOn := p.check(i+1, text[begin:end])
		if len(faults) > 0 && faults[0].record == i+1 {
			ok, goOn = false, p.bad(i+1, faults[0].err)
			faults = faults[1:]
		}
		if ok {
			p.document(text[begin:end])
		}
		if !goOn {
			break
		}
		begin = end
	}
	return len(b.records)
}
