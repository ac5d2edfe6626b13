package cli

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"gobert/internal/torch"
)

// The exit codes of both commands.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Interrupted = 130 // 128 + SIGINT, as shells count
)

// exitCode is the one table of what errors mean.
func exitCode(err error, args []string) int {
	var usage *UsageError
	var interrupted *interruptedError
	var device *torch.DeviceError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &interrupted), errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &device): // the words are right, the machine lacks something
		return Failed
	case errors.As(err, &usage), missing(err, args):
		return Usage
	}
	return Failed
}

// missing says whether an argument names a file that is not there, or is a folder where a file is needed or the other way
// round: the command line is wrong then, whichever verb found it out.
func missing(err error, args []string) bool {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return false
	}
	if !errors.Is(path.Err, fs.ErrNotExist) && !errors.Is(path.Err, syscall.ENOTDIR) && !errors.Is(path.Err, syscall.EISDIR) {
		return false
	}
	return slices.ContainsFunc(args, func(arg string) bool {
		if _, value, found := strings.Cut(arg, "="); found && strings.HasPrefix(arg, "-") {
			arg = value
		}
		return filepath.Clean(arg) == filepath.Clean(path.Path)
	})
}
