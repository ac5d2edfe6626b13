package cli

import (
	"fmt"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/ui"
)

// bashScript completes verbs, flags and the values of enumerations; everything else is a file.
func bashScript(w words) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Completion of %[1]s for bash: source <(%[1]s completion bash)\n_%[1]s() {\n", w.program)
	b.WriteString("\tlocal current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} words=\n\tCOMPREPLY=()\n")
	var verbs []string
	for _, v := range w.verbs {
		verbs = append(verbs, v.name)
	}
	fmt.Fprintf(&b, "\tif [ \"$COMP_CWORD\" -eq 1 ]; then words='%s'; else\n\tcase \"$verb $before\" in\n", strings.Join(append(verbs, fault.Flag("help"), fault.Flag("version")), " "))
	for _, v := range w.verbs {
		for _, f := range v.flags {
			if f.name != "" && len(f.values) > 0 {
				fmt.Fprintf(&b, "\t'%s --%s') words='%s' ;;\n", v.name, f.name, strings.Join(f.values, " "))
			}
		}
	}
	b.WriteString("\t*) case \"$verb\" in\n")
	for _, v := range w.verbs {
		list := v.names()
		for _, f := range v.flags {
			if f.name == "" {
				list = append(f.values, list...)
			}
		}
		fmt.Fprintf(&b, "\t\t%s) words='%s' ;;\n", v.name, strings.Join(list, " "))
	}
	b.WriteString("\t\tesac ;;\n\tesac\n\tfi\n")
	b.WriteString("\tif [ -n \"$words\" ]; then mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"); fi\n}\n")
	fmt.Fprintf(&b, "complete -o default -o bashdefault -F _%[1]s %[1]s\n", w.program)
	return b.String()
}

// zshScript uses zsh's own describing functions, so menus show the help.
func zshScript(w words) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#compdef %[1]s\n# Completion of %[1]s for zsh.\n_%[1]s() {\n\tlocal -a verbs\n\tverbs=(\n", w.program)
	for _, v := range w.verbs {
		fmt.Fprintf(&b, "\t\t%s\n", ui.InQuotes(v.name+":"+strings.ReplaceAll(v.help, ":", `\:`)))
	}
	b.WriteString("\t)\n\tif (( CURRENT == 2 )); then _describe verb verbs; return; fi\n\tcase ${words[2]} in\n")
	for _, v := range w.verbs {
		fmt.Fprintf(&b, "\t%s) shift words; (( CURRENT-- )); _arguments \\\n", v.name)
		rest := "'*:file:_files'"
		for _, f := range v.flags {
			switch {
			case f.name == "":
				rest = ui.InQuotes("*:value:(" + strings.Join(f.values, " ") + ")")
			case len(f.values) > 0:
				fmt.Fprintf(&b, "\t\t%s \\\n", ui.InQuotes(fmt.Sprintf("--%s=[%s]:value:(%s)", f.name, bracketed(f.help), strings.Join(f.values, " "))))
			case f.takesValue:
				fmt.Fprintf(&b, "\t\t%s \\\n", ui.InQuotes(fmt.Sprintf("--%s=[%s]:value:_files", f.name, bracketed(f.help))))
			default:
				fmt.Fprintf(&b, "\t\t%s \\\n", ui.InQuotes(fmt.Sprintf("--%s[%s]", f.name, bracketed(f.help))))
			}
		}
		fmt.Fprintf(&b, "\t\t%s ;;\n", rest)
	}
	fmt.Fprintf(&b, "\tesac\n}\nif [ \"$funcstack[1]\" = _%[1]s ]; then _%[1]s \"$@\"; else compdef _%[1]s %[1]s; fi\n", w.program)
	return b.String()
}

// fishScript is one line for each word.
func fishScript(w words) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Completion of %[1]s for fish: %[1]s completion fish | source\n", w.program)
	for _, v := range w.verbs {
		fmt.Fprintf(&b, "complete -c %s -n __fish_use_subcommand -f -a %s -d %s\n", w.program, v.name, ui.InQuotes(v.help))
	}
	for _, v := range w.verbs {
		for _, f := range v.flags {
			line := fmt.Sprintf("complete -c %s -n '__fish_seen_subcommand_from %s'", w.program, v.name)
			switch {
			case f.name == "":
				line += " -f -a " + ui.InQuotes(strings.Join(f.values, " "))
			case len(f.values) > 0:
				line += fmt.Sprintf(" -l %s -x -a %s -d %s", f.name, ui.InQuotes(strings.Join(f.values, " ")), ui.InQuotes(f.help))
			case f.takesValue:
				line += fmt.Sprintf(" -l %s -r -d %s", f.name, ui.InQuotes(f.help))
			default:
				line += fmt.Sprintf(" -l %s -d %s", f.name, ui.InQuotes(f.help))
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// bracketed keeps what zsh would take for the end of a description.
func bracketed(s string) string {
	return strings.NewReplacer("[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}
