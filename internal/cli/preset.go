package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
	"gobert/internal/intake"
	"gobert/internal/settings"
)

// Config is a flag that names a JSON file with values of the other flags: {"batch": 32, "learning_rate": 1e-4}. What stands
// on the command line wins.
type Config string

// Recipe is a flag that names one of the verb's [Recipes]. The command line and a configuration file win over it.
type Recipe string

// Recipes is what a verb with a flag of type [Recipe] implements.
type Recipes interface {
	// Recipe gives the values of flags by name.
	Recipe(name string) (map[string]string, error)
}

// Presets are values of flags that come from elsewhere than the command line: a file, then a recipe, then what a verb's
// BeforeResolve hook found.
type Presets struct {
	path           string
	config, recipe map[string]string
	fallback       map[string]string
}

// Fallback takes values from a file of the form of --config, for flags that nothing else gives.
func (p *Presets) Fallback(path string) (err error) {
	p.fallback, err = readConfig(path)
	return err
}

// BeforeResolve reads the file.
func (c Config) BeforeResolve(ctx *kong.Context, trace *kong.Path, p *Presets) error {
	path, _ := ctx.FlagValue(trace.Flag).(Config)
	if path == "" {
		return nil
	}
	p.path = string(path)
	var err error
	p.config, err = readConfig(p.path)
	return err
}

// BeforeResolve asks the verb for the recipe.
func (r Recipe) BeforeResolve(ctx *kong.Context, trace *kong.Path, p *Presets) error {
	name, _ := ctx.FlagValue(trace.Flag).(Recipe)
	verb, ok := ctx.Selected().Target.Addr().Interface().(Recipes)
	if name == "" || !ok {
		return nil
	}
	var err error
	p.recipe, err = verb.Recipe(string(name))
	return err
}

func readConfig(path string) (map[string]string, error) {
	text, err := intake.ReadFile(path)
	if err != nil {
		return nil, fault.New("{config}: %w", err)
	}
	var raw map[string]json.RawMessage
	if err = intake.Decode(text, &raw); err == nil && raw == nil {
		err = errors.New("the file is null, expected an object")
	}
	if err != nil {
		return nil, fault.New("{config}: %s: %w", path, err).Advise("one JSON object, {\"flag_name\": value}")
	}
	if again := repeated(text); again != "" {
		return nil, fault.New("{config}: %s: %s stands there twice", path, again)
	}
	if err := settings.Members(raw).Modernize(); err != nil {
		return nil, fault.New("{config}: %s: %w", path, err)
	}
	values := map[string]string{}
	for name, value := range raw {
		if values[flagName(name)], err = plainText(value); err != nil {
			return nil, fault.New("{config}: %s: %s: %w", path, name, err)
		}
	}
	return values, nil
}

// repeated is a name that an object has twice, if there is one: which value is meant cannot be known.
func repeated(object []byte) string {
	d := json.NewDecoder(bytes.NewReader(object))
	_, _ = d.Token() // the text was decoded before: nothing here fails
	seen := map[string]bool{}
	for d.More() {
		key, _ := d.Token()
		name, _ := key.(string)
		if seen[flagName(name)] {
			return name
		}
		seen[flagName(name)] = true
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break
		}
	}
	return ""
}

// flagName lets a file write learning_rate where the command line has learning-rate.
func flagName(key string) string { return strings.ReplaceAll(key, "_", "-") }

// plainText writes a JSON value as it would stand on the command line.
func plainText(value json.RawMessage) (string, error) {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) == nil && list != nil {
		parts := make([]string, len(list))
		for i, item := range list {
			var err error
			if parts[i], err = plainText(item); err != nil {
				return "", err
			}
		}
		return strings.Join(parts, ","), nil
	}
	var text string
	switch {
	case json.Unmarshal(value, &text) == nil:
		return text, nil
	case string(value) == "null":
		return "", nil
	case value[0] == '{':
		return "", fmt.Errorf("%s is no value of a flag", value)
	}
	return string(value), nil
}

// Validate is part of kong's interface; see unknown.
func (p *Presets) Validate(*kong.Application) error { return nil }

// Resolve gives a flag that is not on the command line its value.
func (p *Presets) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, source := range []map[string]string{p.config, p.recipe, p.fallback} {
		given := ""
		for _, name := range namesOf(flag) {
			value := source[name]
			switch {
			case value == "": // leaves the default
			case given != "":
				return nil, fmt.Errorf("%s is given twice, under two of its names", flag.Name)
			default:
				given = value
			}
		}
		if given != "" {
			return given, nil
		}
	}
	return nil, nil
}

// namesOf are the names that a flag has, the one that is shown first.
func namesOf(flag *kong.Flag) []string { return append([]string{flag.Name}, flag.Aliases...) }

// unknown names what stands in the file and is no flag of the verb: a typing error must not pass silently.
func (p *Presets) unknown(ctx *kong.Context) error {
	var names []string
	for _, flag := range ctx.Flags() {
		names = append(names, namesOf(flag)...)
	}
	var wrong []string
	for name := range p.config {
		if !slices.Contains(names, name) {
			wrong = append(wrong, strings.ReplaceAll(name, "-", "_"))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	e := fault.New("{config}: %s: no flag has the name %s", p.path, strings.Join(wrong, ", "))
	if meant := suggestion(wrong[0], ctx.Flags()); meant != "" {
		return e.Advise("did you mean %q?", strings.ReplaceAll(meant, "-", "_"))
	}
	return e.Advise("%s {help} lists them", ctx.Selected().FullPath())
}
