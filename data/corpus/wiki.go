package corpus

import (
	"errors"
	"html"
	"strings"

	"gobert/internal/fault"
)

// wiki reads <doc> elements: a line with the attributes, the title, an empty line, paragraphs.
func (p *parser) wiki(text string) (lines int) {
	inside, title := false, ""
	report := func(err error) bool { return p.bad(lines, err) }
	for line := range strings.Lines(text) {
		lines++
		trimmed := trim(line)
		goOn := true
		switch {
		case trimmed == "":
		case strings.HasPrefix(trimmed, "<doc "):
			if inside {
				goOn = report(errors.New("<doc begins inside another, expected </doc> first"))
				p.end()
			}
			inside, title = true, titleOf(trimmed)
		case trimmed == "</doc>":
			if !inside {
				goOn = report(errors.New("</doc> without <doc ...> before it"))
			}
			p.end()
			inside, title = false, ""
		case !inside:
			goOn = report(fault.New("text outside of <doc ...>: %.40q", trimmed).Advise("is it another format? {format}"))
		default:
			paragraph := strings.TrimSuffix(trimmed, "</doc>")
			var ok bool
			if ok, goOn = p.check(lines, line); ok && html.UnescapeString(paragraph) != title {
				if paragraph = trim(html.UnescapeString(paragraph)); paragraph != "" {
					p.text(paragraph)
				}
			}
			if title = ""; paragraph != trimmed && strings.HasSuffix(trimmed, "</doc>") {
				p.end()
				inside = false
			}
		}
		if !goOn {
			return lines
		}
	}
	if inside {
		report(errors.New("the file ends inside <doc ...>, expected </doc> (was it cut short?)"))
	}
	p.end()
	return lines
}

// titleOf returns the title attribute of a <doc ...> line.
func titleOf(line string) string {
	_, rest, found := strings.Cut(line, ` title="`)
	if !found {
		return ""
	}
	end := strings.LastIndexByte(rest, '"') // a title may hold quotes, and is the last attribute
	if end < 0 {
		return ""
	}
	return html.UnescapeString(rest[:end])
}

// dropTitle removes the title where the text begins with it: it is no sentence.
func dropTitle(text, title string) string {
	first, rest, found := strings.Cut(text, "\n")
	if found && title != "" && trim(first) == title {
		return rest
	}
	return text
}
