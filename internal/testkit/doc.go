// Package testkit helps tests: the reference's golden cases, real data, killed processes, flat memory, a browser.
//
//	c := testkit.Golden(t, "../..", "model_ragged")          // written by testdata/make_golden.py
//	path := testkit.Data(t, "text", "wikipedia.txt")         // skips the test where there is none
//	testkit.KilledRun{...}.Again(t, testkit.Kills(3))        // ends as one that was never killed
//	faults, err := testkit.Browse(chromium, page, 500, dir)  // a page in a real browser
//
// # Files
//
//   - golden.go: Case, Golden, Compare
//   - data.go: Data: public data sets that are no part of the repository
//   - kill.go: KilledRun; asked.go: Asked, a context that ends after so much work
//   - flat.go: Resident, Flat, Left: a process that neither grows nor leaves anything running or open
//   - errors.go: Texts of errors; terminal.go: OpenTerminal, to see what a person would see
//   - scripts.go: Scripts, WithProgram: scripts that call a command's verbs, in this process where a process is not what is tested
//   - browse.go: Browse; what it looks at is in probe.js: contrast of every text in light and in dark, width, labels, identifiers,
//     reading off a chart, the attention view by keyboard; and no word on the console
package testkit
