package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// trainers is a command with the names that both commands give to their settings.
type trainers struct {
	Train trainerVerb `cmd:"" help:"Train."`
}

type trainerVerb struct {
	Config     Config  `help:"File."`
	Model      string  `help:"Model."`
	Out        string  `help:"Folder."`
	Train      string  `help:"File."`
	Steps      int64   `help:"Steps."`
	Epochs     float64 `help:"Epochs."`
	Batch      int     `aliases:"batch-size" default:"32" help:"Batch."`
	Accumulate int     `help:"Batches."`
	Rate       float64 `name:"learning-rate" aliases:"lr" default:"1e-4" help:"Rate."`
	SeqLength  int     `aliases:"length" default:"128" help:"Length."`
	Warmup     float64 `aliases:"warmup-share,warmup-steps" default:"0.1" help:"Warm-up."`
	EarlyStop  int     `aliases:"patience" help:"Evaluations."`
	OnError    string  `type:"on-error" enum:"fail,skip" default:"fail" help:"What."`
	Resume     string  `type:"resume" help:"Run."`
	JSON       string  `name:"json" type:"json" help:"JSON."`
}

func (v *trainerVerb) Run(s *Streams) error {
	for _, x := range []any{v.Rate, v.SeqLength, v.Warmup, v.EarlyStop, v.Batch, v.OnError, v.Resume, v.JSON} {
		if _, err := fmt.Fprintf(s.Out, "%v;", x); err != nil {
			return err
		}
	}
	return nil
}

// TestOtherNamesOfFlagsWork: on the command line, in files of settings, and in those that programs of before wrote.
func TestOtherNamesOfFlagsWork(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	for _, x := range []struct{ args, file, want string }{
		{"", "", "0.0001;128;0.1;0;32;fail;;;"},
		{"--lr 1e-3 --length 64 --warmup-share 0.2 --patience 3 --batch-size 8 --on-error stop --resume --json", "", "0.001;64;0.2;3;8;fail;auto;-;"},
		{"--learning-rate 1e-3 --seq-length 64 --warmup-steps 200 --early-stop 3 --batch 8 --on-error skip --resume=auto", "", "0.001;64;200;3;8;skip;auto;;"},
		{"--resume run/checkpoints/step-3 --json out/all.json", "", "0.0001;128;0.1;0;32;fail;run/checkpoints/step-3;out/all.json;"},
		{"--resume --warmup 3 --json --batch 2", "", "0.0001;128;3;0;2;fail;auto;-;"},
		{"", `{"lr": 1e-3, "length": 16, "patience": 2, "resume": true, "on_error": "stop", "json": false}`, "0.001;16;0.1;2;32;fail;auto;;"},
		{"", `{"warmup_steps": 0, "warmup_share": 0.02}`, "0.0001;128;0.02;0;32;fail;;;"},
		{"", `{"warmup_steps": 10000, "warmup_share": 0.01}`, "0.0001;128;10000;0;32;fail;;;"},
		{"", `{"warmup_steps": 0}`, "0.0001;128;0.1;0;32;fail;;;"},
		{"--warmup-steps 7", `{"warmup_share": 0.3}`, "0.0001;128;7;0;32;fail;;;"},
	} {
		args := append([]string{"train"}, strings.Fields(x.args)...)
		if x.file != "" {
			if err := os.WriteFile(path, []byte(x.file), 0o644); err != nil {
				t.Fatal(err)
			}
			args = append(args, "--config", path)
		}
		if code, out, talk := started(t, &trainers{}, args...); code != Done || out != x.want {
			t.Errorf("%s %s: code %d, %s, %s; expected %s", x.args, x.file, code, out, talk, x.want)
		}
	}
	if err := os.WriteFile(path, []byte(`{"lr": 1e-3, "learning_rate": 1e-4}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := started(t, &trainers{}, "train", "--config", path); code != Usage || !strings.Contains(talk, "learning-rate is given twice") {
		t.Errorf("one setting under two names: code %d, %s", code, talk)
	}
	if _, help, _ := started(t, &trainers{}, "train", "--help"); strings.Contains(help, "--lr") || strings.Contains(help, "patience") {
		t.Errorf("the help shows the other names:\n%s", help)
	}
}

// TestFlagsOfOthersAreUnderstood: who types what transformers' scripts, Google's or the other command take is told what it is here.
func TestFlagsOfOthersAreUnderstood(t *testing.T) {
	for flag, want := range map[string]string{
		"--max_steps": `did you mean "--steps"?`, "--output_dir": `did you mean "--out"?`, "--num_train_epochs": `did you mean "--epochs"?`,
		"--per_device_train_batch_size": `did you mean "--batch"?`, "--model_name_or_path": `did you mean "--model"?`,
		"--train_file": `did you mean "--train"?`, "--gradient_accumulation_steps": `did you mean "--accumulate"?`, "--do_train": "the verb says so: tool train",
		"--learning_rate": `did you mean "--learning-rate"?`, "--warmup_ratio": `did you mean "--warmup"?`, "--max_seq_length": `did you mean "--seq-length"?`,
		"--lrr": `did you mean "--learning-rate"?`, "--stpes": `did you mean "--steps"?`, "--patiance": `did you mean "--early-stop"?`,
		"--colour-of-the-sky": "tool train --help lists what there is",
	} {
		code, _, talk := started(t, &trainers{}, "train", flag, "1")
		if code != Usage || talk != "tool: error: unknown flag "+flag+"\ntool: hint: "+want+"\n" {
			t.Errorf("%s: code %d, %q; expected %q", flag, code, talk, want)
		}
	}
	path := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(path, []byte(`{"max_steps": 3}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := started(t, &trainers{}, "train", "--config", path); code != Usage || !strings.Contains(talk, `did you mean "steps"?`) {
		t.Errorf("in a file: code %d, %s", code, talk)
	}
}

func TestTheFirstWordIsAVerb(t *testing.T) {
	for args, want := range map[string]string{
		"trian x":          `did you mean "train"?`,
		"Train":            `did you mean "train"?`,
		"fit x":            `did you mean "train"?`,
		"predict run":      "that is another command's: finetune predict",
		"fill":             "that is another command's: pretrain fill",
		"finetune":         "finetune is a command of its own",
		"pretrain train":   "pretrain is a command of its own",
		"zzz":              "tool --help lists what there is",
		"train zzz":        "tool train --help lists what there is",
		"--data x train":   "the verb comes first: tool VERB --data ...",
		"--do_train run x": "the verb says so: tool train",
	} {
		if code, _, talk := started(t, &trainers{}, strings.Fields(args)...); code != Usage || !strings.HasSuffix(talk, "tool: hint: "+want+"\n") {
			t.Errorf("%s: code %d, %q; expected %q", args, code, talk, want)
		}
	}
	for _, args := range []string{"help", "help train", "train --help"} {
		if code, out, _ := started(t, &trainers{}, strings.Fields(args)...); code != Done || !strings.Contains(out, "Usage: tool") {
			t.Errorf("%s: code %d, %s", args, code, out)
		}
	}
}

// swept is a command whose numbers may be several.
type swept struct {
	Sweep sweepVerb `cmd:"" help:"Sweep."`
}

type sweepVerb struct {
	Config Config  `help:"File."`
	Rate   float64 `name:"learning-rate" aliases:"lr" type:"grid" above:"0" default:"1e-4" help:"Rate."`
	Batch  int     `type:"grid" default:"32" help:"Batch."`
}

func (v *sweepVerb) Run(s *Streams, several Grid) error {
	_, err := fmt.Fprint(s.Out, v.Rate, v.Batch, several["learning-rate"], several["batch"])
	return err
}

func (*swept) Options() []kong.Option { return Several() }

func TestSeveralValuesMakeAGrid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(path, []byte(`{"lr": [1e-3, 2e-3], "batch": 8}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"":                             "0.0001 32 [0.0001] [32]",
		"--lr 1e-3,5e-3 --batch 16,32": "0.001 16 [0.001 0.005] [16 32]",
		"--config " + path:             "0.001 8 [0.001 0.002] [8]",
		"--batch 4 --config " + path:   "0.001 4 [0.001 0.002] [4]",
	} {
		if code, out, talk := started(t, &swept{}, append([]string{"sweep"}, strings.Fields(args)...)...); code != Done || out != want {
			t.Errorf("%s: code %d, %s, %s; expected %s", args, code, out, talk, want)
		}
	}
	for _, bad := range []string{"--batch=1,,2", "--batch=", "--batch=1.5", "--lr=1,x"} {
		if code, _, talk := started(t, &swept{}, "sweep", bad); code != Usage {
			t.Errorf("%s: code %d, %s", bad, code, talk)
		}
	}
}
