package cli

import (
	"errors"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
	"gobert/internal/settings"
)

// bounds looks at every number of the verb that was chosen, wherever it came from: see [settings.Expected] for the tags.
func bounds(parsed *kong.Context) error {
	var faults []error
	for _, flag := range parsed.Flags() {
		tag := func(name string) (string, bool) { return flag.Tag.Get(name), flag.Tag.Has(name) }
		if wrong := settings.Expected(tag, flag.Target); wrong != "" {
			faults = append(faults, fault.Usage("{"+flag.Name+"} %s", wrong))
		}
	}
	return errors.Join(faults...)
}
