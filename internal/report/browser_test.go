package report

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPageInABrowser opens the page in a real Chromium, uses it as a person would (testdata/probe.js), in a wide and in a
// narrow window, and allows no fault and no word on the console.
func TestPageInABrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("there is no chromium on this machine")
	}
	probe, err := os.ReadFile(filepath.Join("testdata", "probe.js"))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := example().Render(&text); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "report.html")
	html := strings.Replace(text.String(), "</body>", "<script>"+string(probe)+"</script></body>", 1)
	if err := os.WriteFile(page, []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{1280, 500} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
				fmt.Sprintf("--window-size=%d,900", width), "--virtual-time-budget=2000", "--enable-logging=stderr", "--dump-dom", "file://"+page)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s", err, stderr.Bytes())
			}
			for line := range strings.Lines(stderr.String()) {
				if strings.Contains(line, "CONSOLE") {
					t.Errorf("the console says: %s", line)
				}
			}
			found := regexp.MustCompile(`<output id="probe">(.*)</output>`).FindStringSubmatch(stdout.String())
			if found == nil {
				t.Fatal("the probe did not run to its end")
			}
			if found[1] != "no faults" {
				t.Error(found[1])
			}
		})
	}
}
