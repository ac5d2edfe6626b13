package cli

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"gobert/data"
)

// mappers read flags whose tag names a type: what stands on the command line is then not all that they take.
func mappers() []kong.Option {
	text := func(meaning func(word string) string) kong.MapperFunc {
		return func(ctx *kong.DecodeContext, target reflect.Value) error {
			var word string
			err := ctx.Scan.PopValueInto("string", &word)
			target.SetString(meaning(word))
			return err
		}
	}
	return []kong.Option{
		kong.NamedMapper("on-error", text(func(word string) string {
			if word == "stop" { // finetune's word for it, formerly
				return "fail"
			}
			return word
		})),
		kong.NamedMapper("resume", resumeMapper{}),
		kong.NamedMapper("json", jsonMapper{}),
		kong.NamedMapper("ranks", ranksMapper{}),
		kong.NamedMapper("part", kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
			var word string
			err := ctx.Scan.PopValueInto("part", &word)
			if err == nil {
				var p data.Part
				p, err = data.ParsePart(word)
				target.Set(reflect.ValueOf(p))
			}
			return err
		})),
	}
}

// resumeMapper reads auto or a path; the flag alone, which was a switch formerly, is auto.
type resumeMapper struct{}

// Decode is part of kong's interface.
func (resumeMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	word := switched
	if ctx.Scan.Peek().IsValue() {
		if err := ctx.Scan.PopValueInto("string", &word); err != nil {
			return err
		}
	}
	target.SetString(setting(word, "auto"))
	return nil
}

// ranksMapper reads a number of ranks; the flag alone is for those of a launcher.
type ranksMapper struct{}

// Decode is part of kong's interface.
func (ranksMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	word := byLauncher
	if ctx.Scan.Peek().IsValue() {
		if err := ctx.Scan.PopValueInto("ranks", &word); err != nil {
			return err
		}
	}
	target.SetString(word)
	return nil
}

// The values of a switch, as a file of settings may have them.
const switched, unswitched = "true", "false"

// setting is a word, or what a switch stands for.
func setting(word, on string) string {
	switch word {
	case switched:
		return on
	case unswitched:
		return ""
	}
	return word
}

// jsonMapper reads a switch: JSON instead of what people read, on standard output ("-"). Formerly a file was named, which gets it as
// well.
type jsonMapper struct{}

// Decode is part of kong's interface.
func (jsonMapper) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	word := switched
	next := ctx.Scan.Peek()
	name, isText := next.Value.(string)
	isFile := isText && (name == "-" || next.IsValue() && (strings.HasSuffix(name, ".json") || strings.Contains(name, "/")))
	if isFile || next.Type == kong.FlagValueToken {
		word = ctx.Scan.Pop().String()
	}
	target.SetString(setting(word, "-"))
	return nil
}

// IsBool shows the flag as a switch.
func (jsonMapper) IsBool() bool { return true }

// Grid are the values of flags that may have several, by the flags' names; a verb's Run method may ask for it.
type Grid map[string][]float64

// Worded puts words in the place of each ${name} of a declaration. For kong.Vars the parser would go through all words anew for each
// flag, which took half of its start.
func Worded(words map[string]string) kong.Option {
	var pairs []string
	for name, word := range words {
		pairs = append(pairs, "${"+name+"}", word)
	}
	fill := strings.NewReplacer(pairs...)
	return kong.PostBuild(func(k *kong.Kong) error {
		return kong.Visit(k.Model, func(node kong.Visitable, next kong.Next) error {
			if value, ok := node.(*kong.Value); ok {
				value.Help, value.Default = fill.Replace(value.Help), fill.Replace(value.Default)
			}
			return next(nil)
		})
	})
}

// Several makes those flags take several values with commas between them: the first is the flag's own, all are in the grid.
func Several() []kong.Option {
	grid := Grid{}
	return []kong.Option{kong.NamedMapper("grid", grid), kong.Bind(grid)}
}

// Decode is part of kong's interface.
func (g Grid) Decode(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("number", &text); err != nil {
		return err
	}
	var list []float64
	for _, word := range strings.Split(text, ",") {
		x, err := strconv.ParseFloat(word, 64)
		if target.CanInt() {
			var n int64
			n, err = strconv.ParseInt(word, 10, 64)
			x = float64(n)
		}
		if err != nil {
			return fmt.Errorf("expected a number, or several with commas, but got %q", text)
		}
		list = append(list, x)
	}
	if _, given := g[ctx.Value.Name]; !given || text != ctx.Value.Default { // kong reads defaults again, behind the command line
		g[ctx.Value.Name] = list
	}
	if target.CanInt() {
		target.SetInt(int64(list[0]))
	} else {
		target.SetFloat(list[0])
	}
	return nil
}
