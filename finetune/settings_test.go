package finetune

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/train/run"
)

// TestOtherSettingsAreNamed: what a resumed run would change is told without Go's nil and maps, and may be allowed.
func TestOtherSettingsAreNamed(t *testing.T) {
	job := Job{Settings: Defaults()}
	settings := &job.Settings
	extra, err := json.Marshal(run.Begun{Kind: run.FineTuning, Settings: settings, Data: &Fingerprint{}})
	if err != nil {
		t.Fatal(err)
	}
	was, err := run.ReadBegun(extra, run.FineTuning, "step-000000003")
	if err != nil {
		t.Fatal(err)
	}
	if err := job.same(was, &Fingerprint{}); err != nil {
		t.Fatal(err)
	}
	settings.Freeze, settings.Beta1, settings.Batch, settings.SaveEvery = []string{"embeddings"}, 0.8, 8, 7
	err = job.same(was, &Fingerprint{})
	if err == nil {
		t.Fatal("other settings were taken")
	}
	for _, want := range []string{`freeze was not given, now it is ["embeddings"] (hint: `, "beta1 was 0.9, now it is 0.8", "batch was 32, now it is 8"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "nil") || strings.Contains(err.Error(), "map[") || strings.Count(err.Error(), " was ") != 3 {
		t.Errorf("%q", err)
	}
	settings.AllowChange = []string{"freeze", "beta1", "batch-size"}
	if err := job.same(was, &Fingerprint{}); err != nil {
		t.Errorf("allowed changes: %v", err)
	}
	settings.AllowChange = append(settings.AllowChange, "colour")
	if err := job.same(was, &Fingerprint{}); err == nil || !strings.Contains(err.Error(), "no setting has the name colour") {
		t.Errorf("an unknown name: %v", err)
	}
	settings.AllowChange = []string{"freeze", "beta1", "batch"}
	other := &Fingerprint{Labels: []string{"a"}}
	if err := job.same(was, other); err == nil {
		t.Error("other data was taken")
	}
	settings.AllowChange = append(settings.AllowChange, "data")
	if err := job.same(was, other); err != nil {
		t.Errorf("other data, allowed: %v", err)
	}
}

// formerly is what programs wrote that kept the optimizer and the adapters in objects of their own and left out what was nothing.
const formerly = `{"model": "tiny", "task": "classify", "epochs": 4, "learning_rate": 0.001, "batch": 4, "accumulate": 2, "seq_length": 24, "warmup": 0.1,
	"schedule": "linear", "seed": 42, "compute": "fp32",
	"optimizer": {"optimizer": "adamw", "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01, "clip_norm": 1}, "layer_decay": 1,
	"class_weights": [0.5, 1], "lora": {"rank": 2, "alpha": 4, "dropout": 0, "targets": ["query", "value"], "rooted": false},
	"temperature": 2, "alpha": 0.5, "save_best": true, "evaluate_every": 5, "save_every": 3, "log_every": 2}`

// TestRunsOfBefore: their checkpoints are gone on with, and their results are read.
func TestRunsOfBefore(t *testing.T) {
	j := job("tiny", filepath.Join(t.TempDir(), "run"))
	lora(&j)
	j.ClassWeights = "0.5,1"
	was, err := run.ReadBegun([]byte(formerly), run.FineTuning, "step-000000003")
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	j.Log = slog.New(slog.NewTextHandler(&said, nil))
	if err := j.same(was, &Fingerprint{}); err != nil || strings.Count(said.String(), "step-000000003: an older program began this run") != 1 {
		t.Errorf("said %s, %v", &said, err)
	}
	for _, change := range []func(){
		func() { j.Stride = 3 },
		func() { j.WeightDecay = 0 },
		func() { j.LoRARank = 4 },
		func() { j.Teacher = "another" },
		func() { j.ClassWeights = "balanced" },
	} {
		kept := j.Settings
		change()
		if err := j.same(was, &Fingerprint{}); err == nil {
			t.Errorf("gone on with %+v", j.Settings)
		}
		j.Settings = kept
	}
	text := fmt.Appendf(nil, `{"settings": %s, "steps": 3, "metrics": {"best_f1_thresh": 2.5}}`, formerly)
	if err := errors.Join(os.MkdirAll(j.Out, 0o755), os.WriteFile(filepath.Join(j.Out, run.ResultFile), text, 0o644)); err != nil {
		t.Fatal(err)
	}
	r, _, err := readResult(j.Out)
	if err != nil || r.Steps != 3 {
		t.Fatalf("read %+v, %v", r, err)
	}
	want := j.Settings
	want.Out, want.Resume, want.Device, want.Rehearse = r.Settings.Out, r.Settings.Resume, r.Settings.Device, r.Settings.Rehearse // not kept
	if diff := cmp.Diff(want, r.Settings); diff != "" {
		t.Error(diff)
	}
	if _, list, err := readFinished(j.Out); err != nil || !strings.Contains(fmt.Sprint(list), "lora") {
		t.Errorf("the report shows %v, %v", list, err)
	}
}
