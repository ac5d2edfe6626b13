package finetune

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/data/labelled/dataset"
	"gobert/data/labelled/features"
	"gobert/data/wordpiece"
	"gobert/internal/record"
	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/internal/torch/standin"
	"gobert/task"
	"gobert/train"
	"gobert/train/run"
)

const words = "[PAD] [UNK] [CLS] [SEP] [MASK] a the it is was very not good bad fine poor film book story play I we like hate love"

// tiny writes a small random model.
func tiny(t testing.TB, folder string) {
	t.Helper()
	tokenizer, err := wordpiece.New(strings.Fields(words), wordpiece.DefaultOptions(false))
	if err != nil {
		t.Fatal(err)
	}
	c := bert.DefaultConfig()
	c.VocabSize, c.HiddenSize, c.NumLayers, c.NumHeads, c.IntermediateSize, c.MaxPositions = tokenizer.Size(), 16, 2, 2, 32, 32
	m, err := bert.New(c, true)
	if err != nil {
		t.Fatal(err)
	}
	store, err := bert.Flatten(m, torch.CPU)
	if err != nil {
		t.Fatal(err)
	}
	if err := torch.Run(func() error { bert.Initialize(store.Parameters, 0.3, 7); return nil }); err != nil {
		t.Fatal(err)
	}
	err = bert.Replace(folder, func(folder string) error {
		return errors.Join(bert.Write(m, folder, bert.SaveOptions{}), tokenizer.Save(folder))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// opinions are examples whose label is whether there is a good word in them.
func opinions(n int, seed uint64) []labelled.Example {
	r := rand.New(rand.NewPCG(seed, 1))
	vocabulary := strings.Fields(words)[5:]
	var all []labelled.Example
	for i := range n {
		var text []string
		for range 3 + r.IntN(8) {
			text = append(text, vocabulary[r.IntN(len(vocabulary))])
		}
		label := "bad"
		if joined := strings.Join(text, " "); strings.Contains(joined, "good") || strings.Contains(joined, "love") {
			label = "good"
		}
		all = append(all, labelled.Example{Origin: labelled.Origin{File: "x", Line: i + 1}, Text: strings.Join(text, " "), Labelled: true, Labels: []string{label}})
	}
	return all
}

// job trains a tiny model on opinions, with dropout, accumulation and checkpoints.
func job(model, output string) Job {
	s := Defaults()
	s.Model, s.Task, s.Epochs, s.LearningRate, s.Batch, s.SeqLength, s.Accumulate = model, "classify", 4, 1e-3, 4, 24, 2
	s.SaveEvery, s.LogEvery, s.EvaluateEvery = 3, 2, 5
	s.Out, s.Resume, s.Device, s.Rehearse = output, "auto", standin.Device(), false
	examples := 80
	if s.Device != "cpu" {
		s.Epochs, examples = 2, 48 // on a stand-in each step takes its time
	}
	return Job{
		Settings: s,
		Data: &dataset.Dataset{
			Kind: labelled.Classify, Task: "classify", Labels: labelled.NewLabels(labelled.Single, []string{"bad", "good"}),
			Train: &dataset.Part{Name: "train", Examples: opinions(examples, 1)}, Dev: []dataset.Part{{Name: "dev", Examples: opinions(20, 2)}},
		},
	}
}

// lora gives a job small adapters.
func lora(j *Job) {
	j.LoRA, j.LoRARank, j.LoRAAlpha, j.LoRADropout, j.LoRATargets = true, 2, 4, 0, []string{"query", "value"}
}

// outcome is what a run leaves that must not depend on interruptions: everything but times.
func outcome(t testing.TB, folder string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{weightsFile(folder), run.ResultFile, findingsFile, "README.md"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".safetensors") {
			text = fmt.Appendf(nil, "%x", text)
		}
		fmt.Fprintf(&all, "%s:\n%s\n", name, regexp.MustCompile(`"seconds": [0-9.]+| in [0-9]+ s on `).ReplaceAll(text, []byte("TIME")))
	}
	entries, err := record.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	all.WriteString(testkit.Listing(t, folder))
	return all.String() + fmt.Sprintf("%+v", record.Lasting(entries))
}

// weightsFile is the file of a folder's weights.
func weightsFile(folder string) string {
	if _, err := os.Stat(filepath.Join(folder, "adapter_model.safetensors")); err == nil {
		return "adapter_model.safetensors"
	}
	return "model.safetensors"
}

// TestInterruptedRunEndsWithTheSameBits interrupts after some steps, again and again.
func TestInterruptedRunEndsWithTheSameBits(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	for name, change := range map[string]func(*Job){
		"as it is": func(*Job) {},
		// The rate is so low that every evaluation ties with the first one by accuracy, and differs in the loss.
		"ties":     func(j *Job) { j.LearningRate, j.Metric = 1e-7, "accuracy" },
		"the last": func(j *Job) { j.SaveBest = false },
		"adapters": func(j *Job) { lora(j) },
		"merged": func(j *Job) {
			lora(j)
			j.Merge = true
		},
	} {
		if standin.Device() != "cpu" && name != "as it is" && name != "adapters" {
			continue // what they decide is decided beside the device
		}
		t.Run(name, func(t *testing.T) {
			whole := filepath.Join(t.TempDir(), "run")
			j := job(model, whole)
			change(&j)
			if _, err := Train(context.Background(), j); err != nil {
				t.Fatal(err)
			}
			parts := filepath.Join(t.TempDir(), "run")
			for i := 1; ; i++ {
				ctx, cancel := context.WithCancel(context.Background())
				j := job(model, parts)
				change(&j)
				j.OnStep = stopAfter(int64(7*i), cancel)
				_, err := Train(ctx, j)
				cancel()
				if err == nil {
					break
				}
				if !errors.Is(err, train.ErrInterrupted) || i > 20 {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(outcome(t, whole), outcome(t, parts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// stopAfter ends the context at a step.
func stopAfter(step int64, cancel func()) func(train.StepReport) {
	return func(r train.StepReport) {
		if r.Step >= step && r.Progress < 1 {
			cancel()
		}
	}
}

// TestKilledRunEndsWithTheSameBits kills the process without warning: weights, record, result, findings and card are those of a run
// never killed, and no file is left beside them.
func TestKilledRunEndsWithTheSameBits(t *testing.T) {
	model := os.Getenv("GOBERT_TEST_MODEL")
	if folder := os.Getenv("GOBERT_TEST_RUN"); folder != "" {
		if _, err := Train(context.Background(), job(model, folder)); err != nil {
			t.Fatal(err)
		}
		return
	}
	model = filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	testkit.KilledRun{
		Command: func(folder string) *exec.Cmd {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledRunEndsWithTheSameBits$")
			cmd.Env = append(os.Environ(), "GOBERT_TEST_RUN="+folder, "GOBERT_TEST_MODEL="+model)
			return cmd
		},
		Outcome: outcome,
		Compare: func(want, got string) string { return cmp.Diff(want, got) },
	}.Again(t, testkit.Kills(standin.Times(3, 2)))
}

// TestAdaptersTrainAlone: B is zero, so a new adapter gives the same scores; and only adapters and head are trained.
func TestAdaptersTrainAlone(t *testing.T) {
	model := filepath.Join(t.TempDir(), "tiny")
	tiny(t, model)
	labels := labelled.NewLabels(labelled.Single, []string{"bad", "good"})
	plain, err := task.Open(context.Background(), model, task.Options{Kind: task.Classify, Labels: labels, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	adapted, err := task.Open(context.Background(), model, task.Options{
		Kind: task.Classify, Labels: labels, Seed: 3, Adapter: &bert.AdapterOptions{Rank: 2, Alpha: 4, Targets: []string{"query", "value", "dense"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer adapted.Close()
	var free []string
	for _, p := range bert.Parameters(adapted.Network) {
		if !p.Frozen && p.Kind != bert.Down && p.Kind != bert.Up {
			free = append(free, p.Name)
		}
	}
	if diff := cmp.Diff([]string{"classifier.weight", "classifier.bias"}, free); diff != "" {
		t.Errorf("trained beside the adapters: %s", diff)
	}
	encode := func(m *task.Model) []float32 {
		set, err := m.Features(opinions(9, 4), features.Options{MaxLength: 24}, labelled.Stop)
		if err != nil {
			t.Fatal(err)
		}
		scores, err := m.Forward(&set.All)
		if err != nil {
			t.Fatal(err)
		}
		return scores.Logits
	}
	a, b := encode(plain), encode(adapted)
	for i := range a {
		if d := a[i] - b[i]; d > 1e-5 || d < -1e-5 {
			t.Fatalf("score %d is %v with adapters, %v without", i, b[i], a[i])
		}
	}
}
