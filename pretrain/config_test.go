package pretrain

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"gobert/internal/cli"
	"gobert/internal/fault"
	"gobert/internal/settings"
	"gobert/train/run"
)

func TestEveryFlagIsAMemberOfRunJSON(t *testing.T) {
	var verb struct {
		Train struct{ Config } `cmd:""`
	}
	parser, err := kong.New(&verb, kong.Vars(Variables()))
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]bool{}
	for _, node := range parser.Model.Children {
		for _, f := range node.Flags {
			flags[f.Name] = true
			if f.Group == nil {
				t.Errorf("--%s is in no group", f.Name)
			}
			if !strings.HasSuffix(f.Help, ".") {
				t.Errorf("--%s: the help is no sentence: %q", f.Name, f.Help)
			}
		}
	}
	walkFields(reflect.TypeFor[Config](), func(f reflect.StructField) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "":
			t.Errorf("%s has no name in run.json", f.Name)
		case name != "-" && !flags[strings.ReplaceAll(name, "_", "-")]:
			t.Errorf("%s of run.json is no flag", name)
		}
	})
}

func walkFields(t reflect.Type, visit func(reflect.StructField)) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			walkFields(f.Type, visit)
		} else {
			visit(f)
		}
	}
}

func TestRunJSONGivesTheSameRun(t *testing.T) {
	args := []string{
		"--data", "corpus", "--out", "run", "--steps", "12k", "--budget", "90m", "--no-nsp", "--freeze", "embeddings,layer.0-1",
		"--lr", "3e-4", "--compute", "bf16", "--masking", "words", "--beta2", "0.98",
	}
	c, err := parsed(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	if c.Steps != 12000 || c.Budget != run.Duration(90*time.Minute) || c.NSP || c.LearningRate != 3e-4 || len(c.Freeze) != 2 {
		t.Fatalf("parsed %+v", c)
	}
	path := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(path, c.json(), 0o644); err != nil {
		t.Fatal(err)
	}
	var verb struct {
		Train struct {
			Config
			File cli.Config `name:"config"`
		} `cmd:""`
	}
	presets := &cli.Presets{}
	parser, err := kong.New(&verb, kong.Bind(presets), kong.Resolvers(presets), kong.Vars(Variables()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"train", "--config", path, "--out", "other", "--steps", "5"}); err != nil {
		t.Fatal(err)
	}
	got := verb.Train.Config
	if got.Steps != 5 {
		t.Errorf("the command line does not win: %d steps", got.Steps)
	}
	got.Steps = c.Steps
	if string(got.json()) != string(c.json()) {
		t.Errorf("got %s\nwant %s", got.json(), c.json())
	}
}

func TestAllFaultsOfAConfigurationAtOnce(t *testing.T) {
	c, err := parsed(t, "--data", "missing", "--out", t.TempDir(), "--batch", "0", "--seq-length", "3", "--mask-rate", "1.5", "--warmup", "10", "--steps", "5",
		"--accumulate", "0", "--eps", "0", "--keep=-1", "--dropout", "2", "--second-length", "2", "--log-every", "0", "--device", "tpu")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Train(t.Context(), &c, quiet())
	if !errors.Is(err, fault.ErrUsage) {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{
		"--batch is 0", "--seq-length is 3", "--mask-rate is 1.5", "--warmup is 10: the whole run has only 5", "--accumulate is 0", "--eps is 0",
		"--keep is -1", "--dropout is 2", "--second-length is 2", "--log-every is 0", "--data: ", "--device: ",
	} {
		if !strings.Contains(err.Error(), strings.TrimPrefix(want, "--")) {
			t.Errorf("%q is not told in\n%v", want, err)
		}
	}
	if entries, _ := os.ReadDir(c.Out); len(entries) != 0 {
		t.Errorf("the refused run left %v", entries)
	}
}

func TestRecipesAreRunnable(t *testing.T) {
	for _, r := range Recipes() {
		args := []string{"--data", "corpus", "--out", "run"}
		for _, s := range r.Settings {
			args = append(args, "--"+s.Flag+"="+s.Value)
			if s.Why == "" {
				t.Errorf("%s: --%s has no reason", r.Name, s.Flag)
			}
		}
		for i, a := range args {
			if a == "--nsp=false" {
				args[i] = "--no-nsp"
			}
		}
		c, err := parsed(t, args...)
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		used := Defaults()
		used.Data, used.Out = "corpus", "run"
		if diff := cmp.Diff(c, *used); diff == "" {
			t.Errorf("%s changes nothing", r.Name)
		}
		if err := used.Use(r.Name); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if diff := cmp.Diff(c, *used); diff != "" {
			t.Errorf("%s from Go: %s", r.Name, diff)
		}
	}
	if _, err := FindRecipe("labtop"); err == nil || !strings.Contains(err.Error(), "laptop") {
		t.Errorf("an unknown recipe: %v", err)
	}
}

// TestSettingsOfBefore: run.json as programs wrote it that had two settings for the warm-up, length and patience.
func TestSettingsOfBefore(t *testing.T) {
	c := Defaults()
	err := settings.Read([]byte(`{"data": "corpus", "length": 64, "batch": 8, "learning_rate": 0.001, "warmup_steps": 0, "warmup_share": 0.02, "patience": 3}`), c)
	if err != nil {
		t.Fatal(err)
	}
	if c.Length != 64 || c.Warmup != 0.02 || c.EarlyStop != 3 || c.LearningRate != 0.001 {
		t.Errorf("read %+v", c)
	}
	now, err := parsed(t, "--data", "corpus", "--out", "run", "--seq-length", "64", "--lr", "1e-3", "--warmup", "0.02", "--early-stop", "3")
	if err != nil {
		t.Fatal(err)
	}
	was := strings.NewReplacer(`"seq_length": 64`, `"length": 64`, `"early_stop": 3`, `"patience": 3`, `"warmup": 0.02`, `"warmup_steps": 0, "warmup_share": 0.02`)
	begun, err := run.ReadBegun([]byte(`{"config": `+was.Replace(string(now.json()))+`, "corpus": {}}`), run.Pretraining, "step-000000003")
	if err != nil {
		t.Fatal(err)
	}
	same := func() error { return begun.Same(&now, &now.Config, func() error { return nil }) }
	if err := same(); err != nil {
		t.Error(err)
	}
	now.Warmup, now.Length = 100, 32
	err = same()
	if err == nil || !strings.Contains(err.Error(), "warmup was 0.02, now it is 100") || !strings.Contains(err.Error(), "seq-length was 64, now it is 32") {
		t.Errorf("other settings: %v", err)
	}
	now.AllowChange = []string{"length", "warmup-share"}
	if err := same(); err != nil {
		t.Errorf("allowed by their other names: %v", err)
	}
}

// TestDefaultsAreThoseOfTheFlags: a Go program that gives no settings gets what a command line without flags does.
func TestDefaultsAreThoseOfTheFlags(t *testing.T) {
	flags, err := parsed(t, "--data", "corpus", "--out", "run")
	if err != nil {
		t.Fatal(err)
	}
	c := Defaults()
	c.Data, c.Out = "corpus", "run"
	if diff := cmp.Diff(flags, *c); diff != "" {
		t.Error(diff)
	}
}
