package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/alecthomas/kong"

	"gobert/internal/fault"
	"gobert/internal/torch/front"
	"gobert/train"
)

// exit carries kong's wish to end (after --help) out of the parser.
type exit struct{ code int }

// Main parses the arguments, runs the verb's Run method and gives the exit code. It never ends the process itself.
func Main(name, about string, commands any, args []string, stdout, stderr io.Writer) int {
	out := newOutput(stdout)
	words := &reporter{name: name, w: stderr, terminal: IsTerminal(stderr)}
	err := perform(name, about, commands, args, out, stderr, words)
	if failed := out.end(); failed != nil && (err == nil || errors.Is(err, failed)) {
		if closedPipe(failed) {
			return Failed
		}
		err = failed
	}
	code := exitCode(err, args)
	words.report(err, code)
	return code
}

// perform is [Main] up to what it says about an error.
func perform(name, about string, commands any, args []string, out *output, stderr io.Writer, words *reporter) (err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case exit:
			err = nil // the help or the version was shown
		default:
			panic(value)
		}
	}()
	global, presets := &globals{}, &Presets{}
	parser, err := newParser(name, about, commands, only(commands, args), global, presets, out, stderr)
	if err != nil {
		return err
	}
	if len(args) == 0 || args[0] == "help" {
		args = append(args[min(1, len(args)):len(args):len(args)], fault.Flag("help"))
	}
	parsed, err := parser.Parse(args)
	words.colored = colored(global.Color, stderr)
	if err == nil {
		err = presets.unknown(parsed)
	}
	if err == nil {
		err = errors.Join(bounds(parsed), companions(parsed))
	}
	if err != nil {
		return fault.Usage("%w", explain(err, name, parsed))
	}
	dashed(parsed)
	place, err := launch(parsed, args)
	if err != nil || place.Starts() > 0 {
		return err
	}
	if needsLibTorch(parsed.Selected()) {
		if _, err := os.Getwd(); err != nil { // MKL would end the process, in words of its own
			return fault.New("the working directory cannot be told: %w", err).Advise("it was removed, or may not be read: cd to another one")
		}
		front.Start()
	}
	ctx, stop := untilSignal()
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	streams := newStreams(name, global, out, stderr)
	if !place.First() { // rank 0 speaks for all
		streams.Quiet, streams.Log = true, slog.New(slog.DiscardHandler)
	}
	err = attempt(ctx, streams, func() error { return parsed.Run(streams) })
	streams.Screen.Live("")
	var broken *fault.Panic
	if errors.As(err, &broken) {
		streams.Log.Debug("where:\n" + string(broken.Stack))
		err = fault.New("%w", err).Advise("{verbose} shows where; please report it with that")
	}
	if err != nil && ctx.Err() != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, train.ErrNotSaved) {
		err = &interruptedError{err}
	}
	return err
}

func newParser(name, about string, commands any, verb kong.Option, global *globals, presets *Presets, out *output, stderr io.Writer) (*kong.Kong, error) {
	options := append(mappers(), verb)
	if more, ok := commands.(interface{ Options() []kong.Option }); ok {
		options = append(options, more.Options()...)
	}
	parser, err := kong.New(commands, append(options, kong.Name(name), kong.Description(about), kong.Writers(out, stderr), kong.Embed(global),
		kong.DynamicCommand("completion", "Print the completion script of a shell.", "", &completion{}),
		kong.DynamicCommand("man", "Print the manual page.", "", &manual{}, `hidden:""`), kong.Bind(presets),
		kong.Resolvers(presets), kong.ExplicitGroups(groups()), kong.Exit(func(code int) { panic(exit{code}) }), helpOptions(), helpPrinter(out))...)
	if err != nil {
		return nil, fmt.Errorf("cli: the command's declaration: %w", err)
	}
	parser.Model.Detail = exitCodes
	return parser, nil
}

// Declaration is what the parser makes of a command's verbs: their names, arguments and flags, for tests that go over all.
func Declaration(name, about string, commands any) (*kong.Application, error) {
	parser, err := newParser(name, about, commands, only(commands, nil), &globals{}, &Presets{}, newOutput(io.Discard), io.Discard)
	if err != nil {
		return nil, err
	}
	return parser.Model, nil
}
