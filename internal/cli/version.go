package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"gobert/internal/torch"
)

// version is the --version flag. It asks LibTorch's headers only, so nothing is started.
type version bool

// BeforeReset prints before anything else is looked at.
func (v version) BeforeReset(app *kong.Kong) error {
	fmt.Fprintf(app.Stdout, "%s %s\nLibTorch %s\n%s %s/%s\n", app.Model.Name, Version(), torch.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	app.Exit(Done)
	return nil
}

// Version is this module's version: a release, or the commit that it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
