package cli

import (
	"strings"
	"testing"
)

type measured struct {
	Measure measureVerb `cmd:""`
}

type measureVerb struct {
	Config Config
	Count  int
	Share  float64  `below:"1"`
	Rate   *float64 `above:"0" most:"2"`
	Offset float64  `least:"-1"`
	Sizes  []int    `least:"2"`
	Length int      `least:"5" or:"0"`
}

func (*measureVerb) Run() error { return nil }

func TestNumbersAreWithinTheirBounds(t *testing.T) {
	for args, want := range map[string]string{
		"":                        "",
		"--count=0":               "",
		"--count=-1":              "--count is -1: expected a number at least 0",
		"--share=0.99":            "",
		"--share=1":               "--share is 1: expected a number at least 0 and below 1",
		"--share=nan":             "--share is NaN: expected a number at least 0 and below 1",
		"--share=-0.5":            "--share is -0.5: expected a number at least 0",
		"--rate=0":                "--rate is 0: expected a number above 0 and at most 2",
		"--rate=2":                "",
		"--rate=inf":              "--rate is +Inf: expected",
		"--offset=-1":             "",
		"--offset=-1.5":           "--offset is -1.5: expected a number at least -1",
		"--offset=inf":            "--offset is +Inf: expected a number at least -1",
		"--sizes=2,3":             "",
		"--sizes=2,1":             "--sizes is 1: expected a number at least 2",
		"--length=0":              "",
		"--length=4":              "--length is 4: expected a number at least 5, or 0",
		"--count=-1 --share=7":    "--share is 7",
		"--count=-1 --share=7 -q": "--count is -1",
	} {
		code, _, talk := started(t, &measured{}, append([]string{"measure"}, strings.Fields(args)...)...)
		if (code == Usage) != (want != "") || !strings.Contains(talk, want) {
			t.Errorf("%s: code %d, %q, want %q", args, code, talk, want)
		}
	}
}
