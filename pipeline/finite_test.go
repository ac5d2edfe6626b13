package pipeline

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/task"
)

// spoiled is a copy of a folder whose first weight is NaN.
func spoiled(t *testing.T, from string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", from))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "model.safetensors")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const length = 8 // of the header's own length
	at := length + binary.LittleEndian.Uint64(text)
	binary.LittleEndian.PutUint32(text[at:], math.Float32bits(float32(math.NaN())))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestResultsThatAreNoNumbersAreAFault: after the warning that names the weights, one error in place of results.
func TestResultsThatAreNoNumbersAreAFault(t *testing.T) {
	var warned []string
	warn := func(message string) { warned = append(warned, message) }
	p, err := Open(t.Context(), spoiled(t, "sentences/cls"), Options{Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err = p.Embed(t.Context(), []string{"a boat"}); err == nil || !strings.Contains(err.Error(), "text 1 holds NaN or infinity") {
		t.Errorf("embed: %v", err)
	}
	q, err := Open(t.Context(), spoiled(t, "scores/several"), Options{Warn: warn})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if _, err = q.Classify(t.Context(), []string{"a boat"}); err == nil || !strings.Contains(err.Error(), "NaN or infinity") {
		t.Errorf("predict: %v", err)
	}
	if len(warned) != 2 || !strings.Contains(warned[0], "hold NaN") {
		t.Errorf("warnings: %q", warned)
	}
}

// TestTheTokenizersLengthIsObeyed: model_max_length is what is read where nothing else is asked for.
func TestTheTokenizersLengthIsObeyed(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", "scores", "one"))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "tokenizer_config.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), `"model_max_length": 48`, `"model_max_length": 9`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := task.Open(context.Background(), folder, task.Options{Ready: true})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Length(0) != 9 || m.Length(20) != 20 || m.Length(100) != 48 {
		t.Errorf("lengths %d, %d, %d", m.Length(0), m.Length(20), m.Length(100))
	}
}
