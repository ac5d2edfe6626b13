package report

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"gobert/internal/testkit"
)

// TestPageInABrowser opens the page in a real Chromium, uses it as a person would, in a wide and in a narrow window, and allows
// no fault and no word on the console.
func TestPageInABrowser(t *testing.T) {
	chromium, err := exec.LookPath(testkit.Chromium)
	if err != nil {
		t.Skip("there is no chromium on this machine")
	}
	page := filepath.Join(t.TempDir(), "report.html")
	if err := example().Write(page); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{1280, 500} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			faults, err := testkit.Browse(chromium, page, width, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			for _, fault := range faults {
				t.Error(fault)
			}
		})
	}
}
