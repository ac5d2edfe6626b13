package badinput

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/alecthomas/kong"
)

// noNumbers are values that no flag of numbers takes.
var noNumbers = []string{"", "many", "1e400", "1,,2", "--5", "nan", "inf", "-inf"}

// noIntegers are values that no flag of whole numbers takes.
var noIntegers = []string{"1.5", "1e-3", "99999999999999999999999999"}

// negative are values that only a flag with a tag for it takes.
var negative = []string{"-1", "-9223372036854775808"}

// numbers are rows for every numeric flag of every verb, as the command declares them.
func (c *Command) numbers(t *testing.T) (rows []Row) {
	for _, node := range c.model(t).Children {
		verb := c.Name + " " + node.Name
		for _, group := range node.AllFlags(true) {
			for _, flag := range group {
				if flag.Name == "help" || flag.Name == "version" {
					continue
				}
				bad := badValues(flag)
				if flag.Name == "threads" || flag.Name == "workers" {
					bad = append(bad, "100000")
				}
				if bad != nil {
					rows = append(rows, presets(verb, flag.Name)...)
				}
				for _, value := range bad {
					rows = append(rows, Row{
						Name: fmt.Sprintf("--%s=%s", flag.Name, value), Only: []string{verb}, First: true, Code: 2, Many: true,
						Says: "--" + regexpOf(flag.Name), More: []string{"--" + flag.Name + "=" + value},
					})
				}
			}
		}
	}
	return rows
}

// badValues are what a flag must refuse; none for a flag that takes no number.
func badValues(flag *kong.Flag) (values []string) {
	kind := flag.Target.Type()
	for kind.Kind() == reflect.Slice || kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	values = slices.Clone(noNumbers)
	switch kind.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint64:
		values = append(values, noIntegers...)
	case reflect.Float64:
	default:
		return nil
	}
	if flag.Tag.Get("least") == "" {
		values = append(values, negative...)
	}
	if kind.PkgPath() != "" || flag.Target.Kind() == reflect.Slice { // an empty list is none, and 1.5k is a quantity
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" || v == "1.5" || v == "1e-3" })
	}
	return values
}
