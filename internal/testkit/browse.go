package testkit

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Chromium is the browser's name.
const Chromium = "chromium"

//go:embed probe.js
var probe string

// noFaults is what the probe leaves where all is well.
const noFaults = "no faults"

// Script is what [BrowseFor] asks of testscript's scripts.
type Script interface {
	MkAbs(file string) string
	Check(err error)
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// BrowseFor is the scripts' command "browse PAGE": the page is used in a real browser, in a wide and in a narrow window.
func BrowseFor(ts Script, page string) {
	chromium, err := exec.LookPath(Chromium)
	if err != nil {
		ts.Logf("there is no chromium on this machine")
		return
	}
	for _, width := range []int{1280, 500} {
		faults, err := Browse(chromium, ts.MkAbs(page), width, ts.MkAbs("."))
		ts.Check(err)
		if len(faults) > 0 {
			ts.Fatalf("%d wide: %s", width, strings.Join(faults, "; "))
		}
	}
}

// Browse uses a page as a person would, in a headless Chromium: it opens it in a window of a width, in pixels (Chromium's least is 500), and gives what is wrong with it. The folder
// is for temporary files.
func Browse(chromium, page string, width int, folder string) (faults []string, err error) {
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, fmt.Errorf("testkit: %w", err)
	}
	copied := filepath.Join(folder, fmt.Sprintf("page-%d.html", width))
	probed := strings.Replace(string(text), "</body>", "<script>"+probe+"</script></body>", 1)
	if err := os.WriteFile(copied, []byte(probed), 0o600); err != nil {
		return nil, fmt.Errorf("testkit: %w", err)
	}
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+filepath.Join(folder, "profile"),
		fmt.Sprintf("--window-size=%d,900", width), "--virtual-time-budget=2000", "--enable-logging=stderr", "--dump-dom", "file://"+copied)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("testkit: %w\n%s", err, stderr.Bytes())
	}
	for line := range strings.Lines(stderr.String()) {
		if strings.Contains(line, "CONSOLE") {
			faults = append(faults, "the console says: "+strings.TrimSpace(line))
		}
	}
	found := regexp.MustCompile(`<output id="probe">(.*)</output>`).FindStringSubmatch(stdout.String())
	if found == nil {
		return faults, errors.New("testkit: the probe did not run to its end")
	}
	if said := html.UnescapeString(found[1]); said != noFaults {
		faults = append(faults, said)
	}
	return faults, nil
}
