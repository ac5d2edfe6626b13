// Package badinput is the catalogue of bad input: one table of what can be wrong, run against every verb of all commands.
//
// A row says which input is bad, how it is made, and what the command must answer: the exit code, what the one error line
// names, and whether a hint follows. It does not say for which verb. [Uses] lists how each verb is called when all is well,
// with a name in braces in place of each input: {model}, {text}, {corpus}, ... A row about a model runs against every use in
// which {model} stands, so that a new verb gets all rows by its line in that list, and fails the test without one. Numeric
// flags are found in the command's own declaration, and need no line at all.
//
// Whatever the row, the answer must be clean: no panic and no words of Go, one error line for one fault, no debris, an end
// within seconds.
//
// Files: row.go (what a row is, what a clean answer is), run.go (rows times uses), uses.go (the verbs), world.go, make.go and
// tiny.go, served.go (good input), damage.go (what is done to it), and the rows: models.go, folders.go, formats.go, texts.go, labelled.go,
// settings.go, numbers.go, paths.go, alone.go, missing.go, agreed.go (codes of both commands); hardship.go has what a process suffers from its
// machine (memory, pipes, rights, full disks), process.go signals and locks,
// child.go the process that suffers it, row after row.
package badinput
