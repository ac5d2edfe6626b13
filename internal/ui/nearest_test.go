package ui

import "testing"

func TestClosest(t *testing.T) {
	for _, x := range []struct {
		word  string
		names []string
		want  string
	}{
		{"accurac1", []string{"f1", "accuracy"}, "accuracy"},
		{"f1_score", []string{"loss", "f1"}, "f1"},
		{"rnu", []string{"run", "corpus"}, ""}, // two of three letters: as likely anything else
		{"runn", []string{"corpus", "run"}, "run"},
		{"Corpsu", []string{"corpus", "vocab"}, "corpus"},
		{"moods", []string{"vocab", "corpus"}, ""},
		{"x", []string{"extra"}, ""},
		{"", []string{"a"}, ""},
	} {
		if got := Nearest(x.word, x.names); got != x.want {
			t.Errorf("%q among %q: %q, expected %q", x.word, x.names, got, x.want)
		}
	}
}
