package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestDownloadsSayWhatIsAsked(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		var talk bytes.Buffer
		s := newStreams("tool", &globals{Quiet: quiet, Color: "never"}, nil, &talk)
		tell := Downloads(s)
		tell("nothere at https://example.org", 0, -1)
		tell("config.json", 10, 10)
		if got := talk.String(); strings.Contains(got, "asking for nothere at https://example.org") == quiet || strings.Contains(got, "config.json") {
			t.Errorf("quiet is %v: %q", quiet, got)
		}
	}
}
