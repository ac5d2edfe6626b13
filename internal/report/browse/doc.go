// Package browse tries a report in a real browser, for tests: it opens the page in a headless Chromium, uses it as a person
// would, and lists what is wrong.
//
//	chromium, err := exec.LookPath(browse.Chromium)
//	faults, err := browse.Try(chromium, "run/report.html", 500, t.TempDir())
//
// What it looks at is in probe.js: contrast of every text in light and in dark, width, labels, identifiers, reading off a
// chart, the attention view by keyboard; and no word on the console.
package browse
