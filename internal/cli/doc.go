// Package cli is the frame that both commands share: it reads the command line, reports errors with a hint, ends with
// documented exit codes, and brings the verbs and flags that both have.
//
//	type commands struct {
//		Train Train `cmd:"" help:"Train a model." group:"Training"`
//	}
//	os.Exit(cli.Main("pretrain", "Pretrain BERT from text.", &commands{}, os.Args[1:], os.Stdout, os.Stderr))
//
// A verb is a struct whose fields are its flags; its Run method may ask for a context.Context, which ends at the first
// Ctrl-C, SIGTERM or SIGHUP (the second ends the process at once), and for [*Streams]. What a verb prints to Streams.Out is data;
// Streams.Err and Streams.Log are talk. A method Help gives the examples that --help shows, and a method Recipes the named
// sets of flag values that a flag of type [Recipe] picks from.
//
// A number is finite and not negative unless tags beside its help say otherwise: least, above, most, below, or (bounds.go).
//
// An error's hint, which package fault adds, is shown as a line of its own. A panic is one error line, too; --verbose shows where.
//
// Files: cli.go (the frame), exit.go (exit codes), signal.go (how a verb is run and ended), streams.go (what a verb talks through),
// output.go (standard output, whose failures are never lost), progress.go (how far a work is), globals.go (flags of every verb), verbs.go
// (what verbs of both commands share), report.go and suggest.go (errors), mappers.go (flags that take more than a value), bounds.go (numbers
// within what their flags say), with.go (flags that need another), preset.go (--config and --recipe), named.go (the verb that comes first is
// declared alone), completion.go and scripts.go (shell completion), man.go (the manual page), help.go (how --help looks), version.go,
// doctor.go (the doctor verb), examine.go, examine_selftest.go, examine_print.go (versions, devices, compute types, and whether LibTorch
// computes right).
package cli
