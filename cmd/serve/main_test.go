package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"gobert/internal/badinput"
	"gobert/internal/cli"
)

// catalogue is the command as the catalogue of bad input calls it.
var catalogue = badinput.Command{Name: "serve", About: about, New: func() any { return &commands{} }}

func TestMain(m *testing.M) { os.Exit(catalogue.Tests(m, main)) }

func TestFaults(t *testing.T) { catalogue.Run(t) }

func TestSignals(t *testing.T) { catalogue.Signals(t) }

// TestFlagsOfOthersAreUnderstood: who types what text-embeddings-inference takes is told what it is here.
func TestFlagsOfOthersAreUnderstood(t *testing.T) {
	for flag, want := range map[string]string{
		"--port": "--listen", "--hostname": "--listen", "--dtype": "--compute", "--max-batch-tokens": "--batch-tokens", "--api-key": "--api-keys",
		"--max-client-batch-size": "--request-texts", "--payload-limit": "--request-bytes", "--otlp-endpoint": "--traces",
	} {
		var out, talk bytes.Buffer
		code := catalogue.Main([]string{"minilm", flag, "1"}, &out, &talk)
		if hint := "did you mean \"" + want + "\"?"; code != cli.Usage || !strings.Contains(talk.String(), hint) {
			t.Errorf("%s: code %d, %s; expected %s", flag, code, talk.String(), hint)
		}
	}
}
