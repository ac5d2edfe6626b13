package cli

import (
	"fmt"
	"runtime"

	"github.com/alecthomas/kong"

	"gobert/internal/torch"
)

// version is the --version flag. It asks LibTorch's headers only, so nothing is started.
type version bool

// BeforeReset prints before anything else is looked at.
func (v version) BeforeReset(app *kong.Kong) error {
	fmt.Fprintf(app.Stdout, "%s %s\nLibTorch %s\n%s %s/%s\n", app.Model.Name, moduleVersion(), torch.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	app.Exit(Done)
	return nil
}
