package cli

import (
	"io"
	"slices"
	"testing"
)

// TestANamedVerbIsDeclaredAlone: where a verb comes first the flags of the others cost nothing, and without one all are there.
func TestANamedVerbIsDeclaredAlone(t *testing.T) {
	for _, c := range []struct{ args, verbs []string }{
		{[]string{"work", "--count", "1"}, []string{"work", "completion", "man"}},
		{nil, []string{"work", "wait", "completion", "man"}},
		{[]string{"--help", "work"}, []string{"work", "wait", "completion", "man"}},
		{[]string{"wrk"}, []string{"work", "wait", "completion", "man"}},
	} {
		commands := &verbs{}
		parser, err := newParser("tool", "About.", commands, only(commands, c.args), &globals{}, &Presets{}, newOutput(io.Discard), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, node := range parser.Model.Children {
			got = append(got, node.Name)
		}
		if !slices.Equal(got, c.verbs) {
			t.Errorf("%q: the verbs %q, want %q", c.args, got, c.verbs)
		}
	}
}
