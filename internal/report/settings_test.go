package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsKeepTheirOrder(t *testing.T) {
	got, err := Settings([]byte(`{"seed":1,"model":"tiny","rate":1e-4,"none":"","left_out":null,"freeze":["embeddings","layer.0"],"optimizer":{"beta1":0.9,"inner":{"eps":1e-8}},"nsp":true}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Fact{
		{Name: "seed", Value: "1"},
		{Name: "model", Value: "tiny"},
		{Name: "rate", Value: "1e-4"},
		{Name: "none", Value: "(none)"},
		{Name: "freeze", Value: "embeddings, layer.0"},
		{Name: "optimizer.beta1", Value: "0.9"},
		{Name: "optimizer.inner.eps", Value: "1e-8"},
		{Name: "nsp", Value: "true"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzSettings(f *testing.F) {
	for _, seed := range []string{`{"a":{"b":[1,"x",null]}}`, `{"a":`, `[]`, ``, `{"a":{"b":1}`, `{"a":"\ud800"}`, `{} x`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		facts, err := Settings(text)
		if err != nil && facts != nil {
			t.Errorf("facts beside the error %v", err)
		}
	})
}
