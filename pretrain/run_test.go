package pretrain

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gobert/internal/disk"
	"gobert/internal/record"
	"gobert/pipeline"
	"gobert/task"
	"gobert/train"
)

// says compares messages whether settings are called flags in them or not.
func says(err error, want string) bool {
	return strings.Contains(strings.ReplaceAll(err.Error(), "--", ""), strings.ReplaceAll(want, "--", ""))
}

func TestItLearns(t *testing.T) {
	data, out := newCorpus(t, 200), filepath.Join(t.TempDir(), "run")
	var talk bytes.Buffer
	got, err := Train(t.Context(), config(t, data, out, "--steps", "200", "--learning-rate", "3e-3", "--evaluate-every", "50", "--dropout", "0", "--attention-dropout", "0"), heard(&talk))
	if err != nil {
		t.Fatal(err)
	}
	loss, _ := train.Find(got.Measured, "mlm_loss")
	accuracy, _ := train.Find(got.Measured, "mlm_accuracy")
	if loss > 0.9*got.Baseline.Loss || accuracy < got.Baseline.Accuracy+0.05 {
		t.Errorf("held-out loss %v, accuracy %v beside the baseline's %v, %v\n%s", loss, accuracy, got.Baseline.Loss, got.Baseline.Accuracy, &talk)
	}
	for _, want := range []string{"    step     loss     mlm    acc     nsp    acc        lr   gnorm", "held out: loss", "rehearsed"} {
		if !strings.Contains(talk.String(), want) {
			t.Errorf("%q is not in\n%s", want, &talk)
		}
	}
	// The folder of the run is a model: measured again it gives the numbers of the last evaluation.
	m, err := Measure(t.Context(), out, Measuring{Data: data, Length: 24, Sequences: 16, Batch: 8}, pipeline.Options{Device: "cpu", Compute: "fp32"})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(m.MaskedLoss-loss) > 1e-6 {
		t.Errorf("eval gives %v, the run's last evaluation %v", m.MaskedLoss, loss)
	}
	fillAndNext(t, out)
}

func fillAndNext(t *testing.T, out string) {
	t.Helper()
	p, err := pipeline.Open(t.Context(), out, pipeline.Options{Device: "cpu", Compute: "fp32", Decoding: task.Decoding{Top: 3}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	filled, err := p.Fill(t.Context(), []string{"the old [MASK] saw the dog .", "[MASK] tall man [MASK] the [MASK] ."})
	if err != nil {
		t.Fatal(err)
	}
	if len(filled[0].Masks) != 1 || len(filled[1].Masks) != 3 || len(filled[1].Masks[2]) != 3 || strings.Contains(filled[1].Filled, "[MASK]") {
		t.Errorf("filled %+v", filled)
	}
	if got := filled[1].Masks[0][0].Token; got != "the" {
		t.Errorf("every sentence begins with the, the guess is %q", got)
	}
	if _, err := p.Fill(t.Context(), []string{"nothing to guess"}); err == nil || !strings.Contains(err.Error(), "[MASK]") {
		t.Errorf("a text without masks: %v", err)
	}
	if _, err := p.Fill(t.Context(), []string{strings.Repeat("cat ", 100) + "[MASK]"}); err == nil || !strings.Contains(err.Error(), "103 tokens") {
		t.Errorf("a text that is too long: %v", err)
	}
	follows, err := p.Next(t.Context(), [][2]string{{"the old cat saw the dog .", "the red man left the house ."}})
	if err != nil || len(follows) != 1 || !(follows[0] > 0 && follows[0] < 1) {
		t.Errorf("next: %v, %v", follows, err)
	}
}

func TestHorizons(t *testing.T) {
	data := newCorpus(t, 60)
	for _, x := range []struct {
		name  string
		args  []string
		holds func(train.State) bool
	}{
		{"tokens", []string{"--tokens", "3000"}, func(s train.State) bool { return s.Tokens >= 3000 && s.Tokens < 3000+8*24 }},
		{"epochs", []string{"--epochs", "1.5"}, func(s train.State) bool { return s.Step > 5 }},
		{"budget", []string{"--budget", "1500ms"}, func(s train.State) bool { return s.Elapsed >= 1500*time.Millisecond && s.Step > 0 }},
		{"tokens in a batch", []string{"--steps", "3", "--batch", "0", "--batch-tokens", "100"}, func(s train.State) bool { return s.Step == 3 && s.Tokens <= 300 }},
		{"no pairs", []string{"--steps", "3", "--no-nsp"}, func(s train.State) bool { return s.Step == 3 }},
		{"frozen", []string{"--steps", "3", "--freeze", "embeddings,layer.0"}, func(s train.State) bool { return s.Step == 3 }},
		{"fp16", []string{"--steps", "3", "--compute", "fp16"}, func(s train.State) bool { return s.Step == 3 && s.Scaler.On }},
		{"bf16", []string{"--steps", "3", "--compute", "bf16", "--gradient-checkpoint"}, func(s train.State) bool { return s.Step == 3 }},
		{"lamb", []string{"--steps", "3", "--optimizer", "lamb", "--schedule", "wsd"}, func(s train.State) bool { return s.Step == 3 }},
	} {
		t.Run(x.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "run")
			got, err := Train(t.Context(), config(t, data, out, append(x.args, "--evaluate-every", "0", "--warmup", "0.2")...), quiet())
			if err != nil {
				t.Fatal(err)
			}
			if !x.holds(got.State) {
				t.Errorf("ended with %+v", got.State)
			}
			entries, err := record.Read(out)
			if err != nil {
				t.Fatal(err)
			}
			if _, rates := record.Series(entries, record.Step, "learning_rate"); x.name == "budget" && rates[len(rates)-1] > 3e-4 {
				t.Errorf("the rate ends at %v: not decayed", rates[len(rates)-1])
			}
		})
	}
}

func TestEarlyStop(t *testing.T) {
	data, out := newCorpus(t, 60), filepath.Join(t.TempDir(), "run")
	// Frozen to the last norm, with a rate of almost nothing: no evaluation is better than the first.
	c := config(t, data, out, "--steps", "400", "--evaluate-every", "2", "--early-stop", "3", "--learning-rate", "1e-12", "--weight-decay", "0")
	got, err := Train(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if got.State.Step >= 100 {
		t.Errorf("stopped after %d steps", got.State.Step)
	}
	if _, err := os.Stat(filepath.Join(out, train.BestFolder, "model.safetensors")); err != nil {
		t.Error(err)
	}
}

func TestBadInputIsRefused(t *testing.T) {
	data := newCorpus(t, 40)
	text := filepath.Join(filepath.Dir(data), "text.txt")
	out := filepath.Join(t.TempDir(), "run")
	if _, err := Train(t.Context(), config(t, data, out, "--steps", "2"), quiet()); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	tokenizer := filepath.Join(other, "vocab.txt")
	if err := os.WriteFile(tokenizer, []byte(strings.Join(append(vocabularyForTests(), "more"), "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(other, "config.json")
	if err := os.WriteFile(small, []byte(`{"model_type": "bert", "vocab_size": 9, "hidden_size": 32, "num_attention_heads": 4, "max_position_embeddings": 16}`), 0o644); err != nil {
		t.Fatal(err)
	}
	kin := filepath.Join(other, "roberta.json")
	if err := os.WriteFile(kin, []byte(`{"model_type": "roberta"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.tex"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	// What a file or a folder holds is no fault of the command line.
	content := []string{"a folder that is no corpus", "another architecture", "an unknown model", "a checkpoint that is none"}
	for _, x := range []struct {
		name, want string
		args       []string
	}{
		{"text for a corpus", "pretrain vocab", []string{"--data", text}},
		{"a folder that is no corpus", "--data", []string{"--data", foreign}},
		{"a folder that is not there", "--data", []string{"--data", filepath.Join(other, "nowhere")}},
		{"another tokenizer", "--tokenizer: the corpus in", []string{"--tokenizer", tokenizer}},
		{"a vocabulary that is too small", "--model: " + small + " has a vocabulary of 9", []string{"--model", small}},
		{"sequences that are too long", "--seq-length: sequences of 24 tokens do not fit the 16 positions", []string{"--model", small}},
		{"another architecture", `expected "bert"`, []string{"--model", kin}},
		{"an unknown model", "--model: ", []string{"--model", "./huge"}},
		{"the folder of another run", "holds another run (hint: --resume auto", []string{"--out", out}},
		{"a folder with something else", "--out: " + foreign + " holds something else", []string{"--out", foreign}},
		{"no end", "the run has no end", []string{"--steps", "0"}},
		{"tokens too few for the warm-up", "--warmup is 500: in --tokens 3000 about", []string{"--steps", "0", "--tokens", "3000", "--warmup", "500"}},
		{"epochs too few for the warm-up", "--warmup is 500: in --epochs 1 about", []string{"--steps", "0", "--epochs", "1", "--warmup", "500"}},
		{"time too short for the warm-up", "--warmup is 50000000: in --budget 2s about", []string{"--steps", "0", "--budget", "2s", "--warmup", "50000000"}},
		{"a frozen part that is none", "--freeze head: no parameter", []string{"--freeze", "head"}},
		{"a checkpoint that is none", "--resume: ", []string{"--resume", foreign}},
		{"a name that is no setting", "--allow-change: no setting has the name colour", []string{"--out", out, "--resume", "auto", "--allow-change", "colour"}},
		{"a changed setting", "--learning-rate was 0.001, now it is 0.5", []string{"--out", out, "--resume", "auto", "--learning-rate", "0.5"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := config(t, data, filepath.Join(t.TempDir(), "new"), append([]string{"--steps", "2"}, x.args...)...)
			_, err := Train(t.Context(), c, quiet())
			if err == nil || errors.Is(err, train.ErrUsage) == slices.Contains(content, x.name) || !says(err, x.want) {
				t.Errorf("got %v, expected a fault with %q", err, x.want)
			}
			if c.Out != out && c.Out != foreign && disk.IsThere(c.Out) {
				t.Errorf("it left %s behind", c.Out)
			}
		})
	}
	t.Run("a folder that cannot be written", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("root writes everywhere")
		}
		locked := t.TempDir()
		if err := os.Chmod(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		_, err := Train(t.Context(), config(t, data, filepath.Join(locked, "run"), "--steps", "2"), quiet())
		if err == nil || !says(err, "--out") {
			t.Errorf("got %v", err)
		}
	})
}

// TestOpensInTransformers: the folder of a run is a BertForPreTraining, with the same loss.
func TestOpensInTransformers(t *testing.T) {
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON is not set: no transformers to compare with")
	}
	data, out := newCorpus(t, 60), filepath.Join(t.TempDir(), "run")
	if _, err := Train(t.Context(), config(t, data, out, "--steps", "20"), quiet()); err != nil {
		t.Fatal(err)
	}
	_, _, batches := opened(t, data, 8)
	text, err := json.Marshal(batches[0])
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/transformers_loss.py", out)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(text), os.Stderr
	answer, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs struct{ Loss float64 }
	if err := json.Unmarshal(answer, &theirs); err != nil {
		t.Fatal(err)
	}
	m, err := Measure(t.Context(), out, Measuring{Data: data, Length: 24, Sequences: 8, Batch: 8}, pipeline.Options{Device: "cpu", Compute: "fp32"})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(m.Loss-theirs.Loss) > 1e-5*theirs.Loss {
		t.Errorf("our loss is %v, that of transformers %v", m.Loss, theirs.Loss)
	}
}
