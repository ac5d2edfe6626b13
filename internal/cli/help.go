package cli

import "github.com/alecthomas/kong"

// exitCodes stands under the list of verbs.
const exitCodes = `Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong,
75 another rank of the run was lost (what was saved can be resumed), 130 interrupted (SIGINT, SIGTERM, SIGHUP).

Data goes to standard output, everything else to standard error. NO_COLOR is respected.`

// widest keeps help readable on very wide terminals.
const widest = 110

func helpOptions() kong.Option {
	return kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: widest})
}

// helpPrinter hands kong the stream itself, whose width it asks for.
func helpPrinter(out *output) kong.Option {
	return kong.Help(func(options kong.HelpOptions, ctx *kong.Context) error {
		ctx.Stdout = out.raw
		_ = out.remember(kong.DefaultHelpPrinter(options, ctx)) // Main tells of it
		return nil
	})
}

// groups are the headings that flags are sorted under, in this order.
func groups() []kong.Group {
	titles := []string{
		"Data", "Model", "Horizon", "Batches", "Optimizer", "Learning rate", "Computing", "Several processes", "Evaluation", "Checkpoints", "Record", "Run",
		"Task", "Adapters", "Distillation", "Output",
	}
	groups := make([]kong.Group, len(titles))
	for i, title := range titles {
		groups[i] = kong.Group{Key: title, Title: title + ":"}
	}
	return groups
}
