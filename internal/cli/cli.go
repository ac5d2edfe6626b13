package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// The exit codes of both commands.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Interrupted = 130 // 128 + SIGINT, as shells count
)

// exit carries kong's wish to end (after --help) out of the parser.
type exit struct{ code int }

// Main parses the arguments, runs the verb's Run method and gives the exit code. It never ends the process itself.
func Main(name, about string, commands any, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case exit:
			code = fault.code
		default:
			panic(fault)
		}
	}()
	global, presets := &globals{}, &Presets{}
	parser, err := newParser(name, about, commands, global, presets, stdout, stderr)
	if err != nil {
		return report(stderr, name, err, Failed, false)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	colored := colored(global.Color, stderr)
	if err == nil {
		err = presets.unknown(parsed)
	}
	if err != nil {
		return report(stderr, name, explain(err, name, parsed), Usage, colored)
	}
	ctx, stop := untilSignal()
	defer stop()
	streams := newStreams(name, global, stdout, stderr)
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(streams)
	var usage *UsageError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &usage):
		return report(stderr, name, err, Usage, colored)
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		return report(stderr, name, err, Interrupted, colored)
	}
	return report(stderr, name, err, Failed, colored)
}

func newParser(name, about string, commands any, global *globals, presets *Presets, stdout, stderr io.Writer) (*kong.Kong, error) {
	parser, err := kong.New(commands, kong.Name(name), kong.Description(about), kong.Writers(stdout, stderr), kong.Embed(global),
		kong.DynamicCommand("completion", "Print the completion script of a shell.", "", &completion{}), kong.Bind(presets),
		kong.Resolvers(presets), kong.ExplicitGroups(groups()), kong.Exit(func(code int) { panic(exit{code}) }), helpOptions())
	if err != nil {
		return nil, fmt.Errorf("cli: the command's declaration: %w", err)
	}
	parser.Model.Detail = exitCodes
	return parser, nil
}

// untilSignal gives a context that ends with the first SIGINT or SIGTERM. The second one then finds the system's own
// handling, and ends the process.
func untilSignal() (context.Context, func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
