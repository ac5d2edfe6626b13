package pretrain

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/bert"
	"gobert/internal/testkit"
	"gobert/pipeline"
)

// TestGuessesThatAreNoNumbersAreAFault: a model whose weights hold NaN guesses nothing.
func TestGuessesThatAreNoNumbersAreAFault(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(testkit.Golden(t, "..", "pretraining").Dir)); err != nil {
		t.Fatal(err)
	}
	c, err := bert.ReadConfig(folder)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
	for len(lines) < c.VocabSize {
		lines = append(lines, fmt.Sprint("w", len(lines)))
	}
	if err := os.WriteFile(filepath.Join(folder, "vocab.txt"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func() error {
		p, err := pipeline.Open(context.Background(), folder, pipeline.Options{Device: "cpu", Compute: "fp32"})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		if _, err := p.Next(t.Context(), [][2]string{{"w9", "w10"}}); err != nil {
			return err
		}
		_, err = p.Fill(t.Context(), []string{"w8 [MASK]"})
		return err
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "model.safetensors")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := 8 + binary.LittleEndian.Uint64(text) // behind the header
	binary.LittleEndian.PutUint32(text[at:], math.Float32bits(float32(math.NaN())))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := ask(); err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("got %v", err)
	}
}
