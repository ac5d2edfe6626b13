package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
)

// manual is the verb that writes the command's man page, from what the parser knows. It is for whoever packs the command.
type manual struct{}

// epoch is what names the date of builds that are to be reproduced.
const epoch = "SOURCE_DATE_EPOCH"

// Help says where the page goes.
func (*manual) Help() string {
	return `    COMMAND man > ~/.local/share/man/man1/COMMAND.1
    COMMAND man | man -l -

The page has today's date, or that of ` + epoch + `.`
}

// WithoutLibTorch says that words are enough.
func (*manual) WithoutLibTorch() {}

// Run prints the page.
func (*manual) Run(parsed *kong.Context, s *Streams) error {
	day := time.Now()
	if text, set := os.LookupEnv(epoch); set {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault.Usage("%s is %q: expected seconds since 1970", epoch, text)
		}
		day = time.Unix(seconds, 0)
	}
	page := roff{}
	page.application(parsed.Model, day.UTC().Format(time.DateOnly))
	_, err := io.WriteString(s.Out, page.String())
	return err
}

// roff is a man page in the making.
type roff struct {
	strings.Builder
	headed bool // the last line is a heading, after which no paragraph is begun
}

// escaped is text as it is shown: roff gives backslashes a meaning, turns dashes into hyphens, and reads lines that begin with a dot or
// a quotation mark as its own.
func escaped(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

// request writes a line of roff's own; what it says is in quotation marks.
func (r *roff) request(name, text string) {
	if text != "" {
		name += ` "` + strings.ReplaceAll(escaped(text), `"`, `\(dq`) + `"`
	}
	r.WriteString("." + name + "\n")
}

func (r *roff) heading(name, text string) {
	r.request(name, text)
	r.headed = true
}

func (r *roff) paragraph() {
	if !r.headed {
		r.request("PP", "")
	}
	r.headed = false
}

// text writes help as --help shows it: paragraphs, and indented lines as they stand.
func (r *roff) text(help string) {
	listing, gap := false, true
	end := func() {
		if listing {
			r.request("EE", "")
		}
		listing = false
	}
	for line := range strings.Lines(strings.Trim(help, "\n") + "\n") {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "":
			gap = true
			continue
		case strings.HasPrefix(line, " "):
			if !listing {
				r.paragraph()
				r.request("EX", "")
			} else if gap {
				r.WriteString("\n")
			}
			listing = true
		default:
			end()
			if gap {
				r.paragraph()
			}
		}
		gap = false
		r.WriteString(escaped(line) + "\n")
	}
	end()
}

// application writes the whole page.
func (r *roff) application(app *kong.Application, day string) {
	fmt.Fprintf(r, ".TH %s 1 %s \"gobert %s\" \"gobert\"\n", strings.ToUpper(app.Name), day, moduleVersion())
	r.heading("SH", "Name")
	r.WriteString(escaped(app.Name) + ` \- ` + escaped(strings.TrimSuffix(app.Help, ".")) + "\n")
	r.heading("SH", "Synopsis")
	fmt.Fprintf(r, ".B %s\n.I VERB\n[\\fIARGUMENT\\fR ...]\n[\\fIFLAG\\fR ...]\n", app.Name)
	r.heading("SH", "Description")
	r.text(app.Detail)
	r.heading("SH", "Flags of every verb")
	r.flags(app.Flags)
	r.heading("SH", "Verbs")
	for _, node := range app.Children {
		if !node.Hidden {
			r.verb(node)
		}
	}
}

func (r *roff) verb(node *kong.Node) {
	r.heading("SS", node.Path())
	r.text(node.Help)
	r.text(strings.ReplaceAll(node.Detail, "COMMAND", node.Parent.Name))
	for _, argument := range node.Positional {
		r.entry(`\fI`+escaped(argument.Summary())+`\fR`, argument.Help)
	}
	r.flags(node.Flags)
}

// flags writes flags under the headings of --help.
func (r *roff) flags(flags []*kong.Flag) {
	var titles []string
	under := map[string][]*kong.Flag{}
	for _, f := range flags {
		title := ""
		if f.Group != nil {
			title = cmp.Or(f.Group.Title, f.Group.Key)
		}
		if len(under[title]) == 0 {
			titles = append(titles, title)
		}
		under[title] = append(under[title], f)
	}
	for _, title := range titles {
		if title != "" {
			r.paragraph()
			r.request("B", title)
		}
		for _, f := range under[title] {
			if !f.Hidden {
				r.entry(written(f), f.Help)
			}
		}
	}
}

func (r *roff) entry(what, help string) {
	r.headed = false
	r.WriteString(".TP\n" + what + "\n" + escaped(help) + "\n")
}

// written is a flag as it is typed.
func written(f *kong.Flag) string {
	name, short := "--"+f.Name, ""
	if f.Tag.Negatable != "" {
		name = "--[no-]" + f.Name
	}
	if f.Short != 0 {
		short = `\fB` + escaped("-"+string(f.Short)) + `\fR, `
	}
	text := short + `\fB` + escaped(name) + `\fR`
	if !f.IsBool() {
		text += `=\fI` + escaped(f.FormatPlaceHolder()) + `\fR`
	}
	return text
}
