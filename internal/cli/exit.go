package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"gobert/internal/fault"
	"gobert/internal/ranks"
	"gobert/internal/torch"
)

// The exit codes of both commands.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Lost        = ranks.ExitLost // another rank of the run is gone: what was saved goes on
	Interrupted = ranks.ExitInterrupted
)

// exitCode is the one table of what errors mean.
func exitCode(err error, args []string) int {
	var interrupted *interruptedError
	var device *torch.DeviceError
	var ended *launchedError
	var lost *ranks.Lost
	switch {
	case err == nil:
		return Done
	case errors.As(err, &ended):
		return ended.code
	case errors.As(err, &lost) && lost.Cause == nil:
		return Lost
	case errors.As(err, &interrupted), errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &device): // the words are right, the machine lacks something
		return Failed
	case errors.Is(err, fault.ErrUsage), missing(err, args):
		return Usage
	}
	return Failed
}

// missing says whether an argument names a file that is not there, or is a folder where a file is needed or the other way
// round: the command line is wrong then, whichever verb found it out.
func missing(err error, args []string) bool {
	wrong := func(err error) bool {
		return slices.ContainsFunc([]error{fs.ErrNotExist, fs.ErrExist, syscall.ENOTDIR, syscall.EISDIR, syscall.ENAMETOOLONG, syscall.ENOTEMPTY},
			func(kind error) bool { return errors.Is(err, kind) })
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return wrong(path.Err) && named(path.Path, args)
	case errors.As(err, &link):
		return wrong(link.Err) && named(link.New, args)
	}
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EISDIR)
}

// named says whether a path is that of an argument, of a folder that the argument lies in, of a file in a folder that is not
// there, or of the temporary file that becomes it.
func named(path string, args []string) bool {
	path = filepath.Clean(path)
	return slices.ContainsFunc(args, func(arg string) bool {
		if _, value, found := strings.Cut(arg, "="); found && strings.HasPrefix(arg, "-") {
			arg = value
		}
		if arg == "" {
			return path == "."
		}
		arg = filepath.Clean(arg)
		if inside := strings.HasPrefix(path, arg+string(filepath.Separator)); inside {
			_, err := os.Stat(arg)
			return err != nil
		}
		return arg == path || strings.HasPrefix(arg, path+string(filepath.Separator)) ||
			filepath.Dir(arg) == filepath.Dir(path) && strings.HasPrefix(filepath.Base(path), "."+filepath.Base(arg)+".")
	})
}
