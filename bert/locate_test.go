package bert

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatIsNoModelIsNamed: a folder that holds something else says what, and a mistyped one names its neighbour.
func TestWhatIsNoModelIsNamed(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, file := range []string{
		"corpus/manifest.json", "tokenizer/vocab.txt", "begun/run.json", "killed/run.json", "killed/checkpoints/step-000000020/state.json", "lora/adapter_config.json", "notes/todo.txt",
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("[empty", 0o755); err != nil { // no pattern
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"corpus":    "corpus holds no model: it is a corpus (hint: train on it first",
		"tokenizer": "tokenizer holds no model: it is a tokenizer, without config.json and weights",
		"begun":     "begun holds no model: it is a run that has saved no model yet (hint: wait for its first checkpoint, or go on with it: its own command, with --out begun --resume auto",
		"killed":    "killed holds no model: it is a run that was not finished (hint: use killed/checkpoints/step-000000020, or go on with it: its own command, with --out killed --resume auto",
		"lora":      "lora holds no model: it is an adapter of another model",
		"notes":     "notes holds no model: there is no config.json",
		"[empty":    "[empty holds no model: it is empty",
		"./corpsu":  `there is no folder "./corpsu" (hint: did you mean corpus?)`,
		"./zz":      `there is no folder "./zz"`,
		"":          `there is no folder ""`,
	} {
		_, err := Open(t.Context(), name, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, expected %q", name, err, want)
		}
		if missing := strings.Contains(want, "there is no folder"); errors.Is(err, fs.ErrNotExist) != missing {
			t.Errorf("%q: %v: a path that is missing is %v", name, err, missing)
		}
	}
}

// TestTheHubIsAskedAndSaid: a name that is no path tells at once what is asked, and ends in one message without a network.
func TestTheHubIsAskedAndSaid(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("moods", 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HF_HUB_OFFLINE", "")
	t.Setenv("HF_HOME", t.TempDir())
	t.Setenv("HF_ENDPOINT", "http://127.0.0.1:1")
	var told []string
	_, err := Open(t.Context(), "mood", func(file string, _, total int64) {
		if total == -1 {
			told = append(told, file)
		}
	})
	for _, want := range []string{`there is no folder "mood" here, and the hub could not be asked`, "did you mean moods?", "HF_HUB_OFFLINE=1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, expected %q", err, want)
		}
	}
	if len(told) != 1 || told[0] != "mood at http://127.0.0.1:1" {
		t.Errorf("told %q", told)
	}
}

// TestACheckpointIsNamedAsInTensorFlow: the prefix of a checkpoint's files is its name there.
func TestACheckpointIsNamedAsInTensorFlow(t *testing.T) {
	t.Setenv("HF_HUB_OFFLINE", "1")
	folder := t.TempDir()
	for _, file := range []string{"bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001"} {
		content, err := os.ReadFile(filepath.Join("..", "internal", "weights", "testdata", "tensorflow", file))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, file), content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	config := `{"hidden_size": 4, "num_attention_heads": 2, "num_hidden_layers": 2, "intermediate_size": 8, "vocab_size": 11, "max_position_embeddings": 6}`
	if err := os.WriteFile(filepath.Join(folder, "bert_config.json"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), filepath.Join(folder, "bert_model.ckpt"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Folder != folder || !c.Has("bert.pooler.dense.weight") {
		t.Errorf("folder %s, holds %v", c.Folder, c.Has("bert.pooler.dense.weight"))
	}
}

// TestNothingIsOpenedForAContextThatIsOver, not even a folder of this machine.
func TestNothingIsOpenedForAContextThatIsOver(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(over, filepath.Join("..", "testdata", "golden", "masked_lm"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is over: %v", err)
	}
}
