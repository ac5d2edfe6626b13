package cuda

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

//go:embed *.cu *.cuh functions/arguments.h
var texts embed.FS

//go:embed *.cu *.cuh functions/arguments.h host/*.cpp host/*.h
var hostBuild embed.FS

// HostBuild is what compiles the kernels for the host: their texts, and host's C++ below it.
func HostBuild() fs.FS { return hostBuild }

// Units are the texts of kernels, each compiled by itself.
var Units = []string{"activation", "attention", "cross_entropy", "dropout", "embedding", "norm", "optimizer", "rows", "step", "sums", "tables"}

var include = regexp.MustCompile(`(?m)^#include "([^"]+)"\n`)

// source is a unit's text with what it includes in place of the include, each file once: the compiler needs no folders. Lines
// keep the names and numbers of their files in its messages.
func source(unit string) string {
	seen := map[string]bool{}
	var expand func(file string) string
	expand = func(file string) string {
		if seen[file] {
			return ""
		}
		seen[file] = true
		text, err := texts.ReadFile(file)
		if err != nil {
			panic(err) // the texts are part of the program
		}
		var b strings.Builder
		fmt.Fprintf(&b, "#line 1 %q\n", file)
		rest := strings.Replace(string(text), "#pragma once\n", "\n", 1)
		for line := range strings.Lines(rest) {
			if found := include.FindStringSubmatch(line); found != nil {
				at := strings.Count(rest[:strings.Index(rest, line)], "\n") + 2
				fmt.Fprintf(&b, "%s#line %d %q\n", expand(found[1]), at, file)
				continue
			}
			b.WriteString(line)
		}
		return b.String()
	}
	return expand(unit + ".cu")
}
