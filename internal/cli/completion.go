package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completion is the verb that writes the completion script of a shell.
type completion struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help shows how to install the scripts.
func (c *completion) Help() string {
	return `Load it once for the running shell:

    source <(COMMAND completion bash)
    COMMAND completion fish | source

or for good:

    COMMAND completion bash > ~/.local/share/bash-completion/completions/COMMAND
    COMMAND completion zsh > "${fpath[1]}/_COMMAND"
    COMMAND completion fish > ~/.config/fish/completions/COMMAND.fish`
}

// Run prints the script.
func (c *completion) Run(parsed *kong.Context, s *Streams) error {
	all := wordsOf(parsed.Model)
	scripts := map[string]func(words) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}
	_, err := fmt.Fprint(s.Out, scripts[c.Shell](all))
	return err
}

// words are what can be completed.
type words struct {
	program string
	verbs   []verbWords
}

type verbWords struct {
	name, help string
	flags      []flagWords
}

type flagWords struct {
	name, help string
	values     []string // of an enumeration
	takesValue bool
}

// wordsOf collects verbs and flags from what the parser knows, so that scripts and parser cannot differ.
func wordsOf(app *kong.Application) words {
	w := words{program: app.Name}
	for _, node := range app.Children {
		if node.Hidden {
			continue
		}
		v := verbWords{name: node.Name, help: firstSentence(node.Help)}
		for _, group := range node.AllFlags(true) {
			for _, f := range group {
				v.flags = append(v.flags, wordsOfFlag(f)...)
			}
		}
		for _, p := range node.Positional {
			if p.Enum != "" {
				v.flags = append(v.flags, flagWords{values: p.EnumSlice()})
			}
		}
		w.verbs = append(w.verbs, v)
	}
	return w
}

func wordsOfFlag(f *kong.Flag) []flagWords {
	w := flagWords{name: f.Name, help: firstSentence(f.Help), takesValue: !f.IsBool()}
	if f.Enum != "" {
		w.values = f.EnumSlice()
	}
	list := []flagWords{w}
	if f.Tag.Negatable != "" {
		list = append(list, flagWords{name: "no-" + f.Name, help: "not: " + w.help})
	}
	return list
}

// firstSentence is what has room beside a word in a menu.
func firstSentence(help string) string {
	help, _, _ = strings.Cut(help, ". ")
	help, _, _ = strings.Cut(help, ": ")
	return strings.TrimSuffix(help, ".")
}

// names lists the flags with their dashes.
func (v verbWords) names() []string {
	var names []string
	for _, f := range v.flags {
		if f.name != "" {
			names = append(names, "--"+f.name)
		}
	}
	slices.Sort(names)
	return names
}

// lightVerb is one that needs no LibTorch, whose start then costs it nothing; see package front.
type lightVerb interface{ WithoutLibTorch() }

// needsLibTorch reports whether a verb needs LibTorch.
func needsLibTorch(verb *kong.Node) bool {
	_, is := verb.Target.Addr().Interface().(lightVerb)
	return !is
}

// WithoutLibTorch says that words are enough.
func (*completion) WithoutLibTorch() {}
