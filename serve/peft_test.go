package serve

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"gobert/internal/testkit"
	"gobert/task"
)

// TestAdaptersOfPEFT: adapters that PEFT wrote, without a tokenizer or a config.json beside them, say over one base what PEFT says.
func TestAdaptersOfPEFT(t *testing.T) {
	dir := filepath.Join("testdata", "peft")
	var want struct {
		Texts                 []string
		Labels, Tags, Vectors [][]float32
	}
	text, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, Options{})
	if err := s.Load(t.Context(), filepath.Join(dir, "base"), "base"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"labels", "tags", "vectors"} {
		if err := s.LoadAdapter(t.Context(), "base", filepath.Join(dir, name), name); err != nil {
			t.Fatal(err)
		}
	}
	var all []func()
	for i, text := range want.Texts {
		all = append(all, func() {
			got := asked[[]chance](t, s, "/predict", anyBody{"model": "labels", "inputs": text, "raw_scores": true})
			logits := make([]float32, len(got))
			for _, c := range got {
				logits[c.Label[len(c.Label)-1]-'0'] = c.Score
			}
			testkit.Compare(t, "labels", logits, want.Labels[i], 1e-5)
		}, func() {
			var chances []float32
			for _, e := range asked[[]task.Entity](t, s, "/tags", anyBody{"model": "tags", "inputs": text, "aggregation": "none"}) {
				chances = append(chances, e.Score)
			}
			testkit.Compare(t, "tags", chances, want.Tags[i], 1e-5)
		}, func() {
			got := asked[openAIVectors](t, s, "/v1/embeddings", anyBody{"model": "vectors", "input": text})
			testkit.Compare(t, "vectors", got.Data[0].Embedding, want.Vectors[i], 1e-5)
		})
	}
	atOnce(t, s, all...)
}

// openAIVectors is OpenAI's answer as a client reads it.
type openAIVectors struct {
	Data []struct{ Embedding []float32 }
}
