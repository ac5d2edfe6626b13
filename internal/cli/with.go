package cli

import (
	"errors"
	"strings"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
)

// companions refuses a flag that does nothing without another one, where that one is not given, or with another one that is. The flag
// says so in a tag beside its help, with:"google" or without:"join". A default is not given; what stands in a file of settings is.
func companions(parsed *kong.Context) error {
	switches := map[string]bool{}
	for _, flag := range parsed.Flags() {
		switches[flag.Name] = !flag.Target.IsZero()
	}
	var faults []error
	told := map[string]bool{}
	for _, part := range parsed.Path {
		if part.Flag == nil || told[part.Flag.Name] {
			continue
		}
		if other := part.Flag.Tag.Get("with"); other != "" && !switches[other] {
			told[part.Flag.Name] = true
			faults = append(faults, fault.Usage("{"+part.Flag.Name+"} does nothing without {"+other+"}").Advise("give both, or none"))
		}
		for _, other := range strings.Split(part.Flag.Tag.Get("without"), ",") {
			if switches[other] {
				told[part.Flag.Name] = true
				faults = append(faults, fault.Usage("{"+part.Flag.Name+"} does nothing with {"+other+"}").Advise("leave one of them out"))
			}
		}
	}
	return errors.Join(faults...)
}
