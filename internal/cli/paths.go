package cli

import (
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// pathNames are the placeholders of what is a path, or may be.
var pathNames = []string{"DIR", "DIR|NAME", "FILE", "FILE|-", "PATH", "auto|PATH", "RUN", "MODEL", "OUT"}

// dashed puts ./ before each path that begins with a dash: in a command that is printed with it to be run next it would be a flag.
func dashed(parsed *kong.Context) {
	var values []*kong.Value
	for _, flag := range parsed.Flags() {
		values = append(values, flag.Value)
	}
	if verb := parsed.Selected(); verb != nil {
		values = append(values, verb.Positional...)
	}
	for _, v := range values {
		if v.Target.Kind() != reflect.String || !slices.Contains(pathNames, v.Tag.PlaceHolder) {
			continue
		}
		if path := v.Target.String(); len(path) > 1 && strings.HasPrefix(path, "-") { // - alone is standard input or output
			v.Target.SetString("./" + path)
		}
	}
}
