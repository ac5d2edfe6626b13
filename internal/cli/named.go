package cli

import (
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// only leaves every verb but the one that the arguments begin with out of the declaration: a command has hundreds of flags, and going
// through all of them is what its start takes most of its time for. Where no verb comes first, all stay: help and hints speak of them.
func only(commands any, args []string) kong.Option {
	var others []string
	found := false
	kind := reflect.TypeOf(commands).Elem()
	for i := range kind.NumField() {
		field := kind.Field(i)
		if _, ok := field.Tag.Lookup("cmd"); !ok {
			continue
		}
		if len(args) > 0 && strings.ToLower(field.Name) == args[0] {
			found = true
			continue
		}
		others = append(others, "^"+kind.Name()+`\.`+field.Name+"$")
	}
	if !found {
		others = nil
	}
	return kong.IgnoreFields(others...)
}
