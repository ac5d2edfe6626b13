package scripts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// deploy is the folder of files for clusters.
const deploy = "../deploy"

// manifests reads those of Kubernetes as JSON, by their files' names.
func manifests(t *testing.T) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(deploy, "kubernetes", "*.yaml"))
	if err != nil || len(paths) < 3 {
		t.Fatalf("%d manifests, %v", len(paths), err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if all[filepath.Base(path)], err = yaml.YAMLToJSON(text); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return all
}

// schemas are those of testdata/deploy, by "apiVersion kind".
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "deploy", "schemas.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct{ Schemas map[string]json.RawMessage }
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	all := map[string]*jsonschema.Schema{}
	for kind, text := range golden.Schemas {
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c, name := jsonschema.NewCompiler(), strings.ReplaceAll(kind, " ", "/")
		if err := c.AddResource(name, schema); err != nil {
			t.Fatal(err)
		}
		if all[kind], err = c.Compile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// check holds a manifest against the schema of its kind.
func check(schemas map[string]*jsonschema.Schema, manifest []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(manifest))
	if err != nil {
		return err
	}
	var is struct{ APIVersion, Kind string }
	if err := json.Unmarshal(manifest, &is); err != nil {
		return err
	}
	schema := schemas[is.APIVersion+" "+is.Kind]
	if schema == nil {
		return errors.New("no schema for " + is.APIVersion + " " + is.Kind)
	}
	return schema.Validate(value)
}

// TestDeployManifestsAreValid, and would not be with a field that is misspelt or of another type.
func TestDeployManifestsAreValid(t *testing.T) {
	known := schemas(t)
	for name, text := range manifests(t) {
		if err := check(known, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, spoil := range [][2]string{
			{`"spec":`, `"specs":`},
			{`"image":`, `"imagee":`},
			{`"volumes":`, `"volume":`},
			{`"mountPath":`, `"mount":`},
			{`"completions": 16`, `"completions": "16"`},
			{`"completions": 4`, `"completions": "4"`},
			{`"numNodes": 4`, `"numNodes": "four"`},
			{`"kind": "`, `"kind": "X`},
		} {
			spoilt := bytes.Replace(text, []byte(spoil[0]), []byte(spoil[1]), 1)
			if bytes.Equal(spoilt, text) {
				continue
			}
			if check(known, spoilt) == nil {
				t.Errorf("%s is valid with %s", name, spoil[1])
			}
		}
	}
}

// TestDeployScriptsPassShellcheck.
func TestDeployScriptsPassShellcheck(t *testing.T) {
	program, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Skip("there is no shellcheck on this machine")
	}
	paths, err := filepath.Glob(filepath.Join(deploy, "slurm", "*.sbatch"))
	if err != nil || len(paths) < 2 {
		t.Fatal(paths, err)
	}
	if text, err := exec.Command(program, append(paths, filepath.Join(deploy, "torchrun.sh"))...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, text)
	}
}

// recorder is a program that writes its name and its arguments, a word a line, into the file $CALLS. As srun it begins what follows its own
// flags, once; as pretrain it ends with the code $CODE.
const recorder = `#!/bin/sh
name=$(basename "$0")
{ echo "call $name"; for word; do echo "$word"; done; } >> "$CALLS"
case $name in
  srun) while [ "${1#-}" != "$1" ]; do shift; done; "$@" ;;
  pretrain) exit "${CODE:-0}" ;;
esac
`

// played runs a script with programs that only write what they are called with, and gives the calls.
func played(t *testing.T, command []string, env ...string) (calls [][]string, exit int) {
	t.Helper()
	bin := t.TempDir()
	for _, name := range []string{"pretrain", "srun", "scontrol", "torchrun"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(recorder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(bin, "calls")
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "CALLS="+file), env...)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatalf("%q: %v", command, err)
	}
	said, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%q called nothing: %v\n%s", command, err, text)
	}
	for line := range strings.Lines(string(said)) {
		line = strings.TrimSuffix(line, "\n")
		if name, found := strings.CutPrefix(line, "call "); found {
			calls = append(calls, []string{name})
			continue
		}
		last := &calls[len(calls)-1]
		*last = append(*last, line)
	}
	return calls, cmd.ProcessState.ExitCode()
}

// sbatch are scripts for Slurm, with what it says to them.
func sbatch(name string) []string { return []string{"bash", filepath.Join(deploy, "slurm", name)} }

// TestDeployTrainIsQueuedAgain where a rank was lost or the time was over, and not where something is wrong, nor without an end.
func TestDeployTrainIsQueuedAgain(t *testing.T) {
	for _, c := range []struct {
		code, restarts int
		again          bool
	}{{0, 0, false}, {1, 0, false}, {2, 0, false}, {75, 0, true}, {137, 3, true}, {130, 0, true}, {75, 20, false}} {
		calls, exit := played(t, sbatch("train.sbatch"), "SLURM_JOB_ID=17", fmt.Sprintf("CODE=%d", c.code), fmt.Sprintf("SLURM_RESTART_COUNT=%d", c.restarts))
		last := strings.Join(calls[len(calls)-1], " ")
		if exit != c.code || (last == "scontrol requeue 17") != c.again {
			t.Errorf("%+v: exit code %d, the last call is %q", c, exit, last)
		}
	}
}

// deployed are the calls of pretrain that the files make, by the file.
func deployed(t *testing.T) map[string][]string {
	t.Helper()
	calls := map[string][]string{}
	add := func(file string, played [][]string) {
		for _, call := range played {
			if at := slices.Index(call, "pretrain"); at >= 0 && calls[file] == nil {
				calls[file] = call[at:]
			}
		}
	}
	for name, env := range map[string]string{"train.sbatch": "SLURM_JOB_ID=17", "data.sbatch": "SLURM_ARRAY_TASK_ID=3"} {
		made, _ := played(t, sbatch(name), env)
		add(name, made)
	}
	made, _ := played(t, []string{filepath.Join(deploy, "torchrun.sh"), "first", "4"})
	add("torchrun.sh", made)
	for name, text := range manifests(t) {
		var manifest any
		if err := json.Unmarshal(text, &manifest); err != nil {
			t.Fatal(err)
		}
		each(manifest, func(container map[string]any) {
			command, _ := container["command"].([]any)
			args, _ := container["args"].([]any)
			var words []string
			for _, word := range append(command, args...) {
				words = append(words, fmt.Sprint(word))
			}
			if len(words) > 0 && words[0] == "sh" {
				made, _ := played(t, words, "JOB_COMPLETION_INDEX=2")
				add(name, made)
			} else if len(words) > 0 {
				add(name, [][]string{words})
			}
		})
	}
	return calls
}

// each goes over all objects in a value.
func each(value any, use func(object map[string]any)) {
	switch value := value.(type) {
	case []any:
		for _, x := range value {
			each(x, use)
		}
	case map[string]any:
		use(value)
		for _, x := range value {
			each(x, use)
		}
	}
}

// TestDeployCommandsAreKnown: what the files run, the command understands, up to the folder that is not there. Parts count from 1.
func TestDeployCommandsAreKnown(t *testing.T) {
	calls := deployed(t)
	if len(calls) != 6 {
		t.Fatalf("%d files call pretrain: %v", len(calls), calls)
	}
	for file, call := range calls {
		if strings.HasPrefix(file, "data.") && !slices.Contains(call, "3/16") {
			t.Errorf("%s makes another part than 3/16: %v", file, call)
		}
	}
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	bin := programs(t, "cmd/pretrain")
	for file, call := range calls {
		cmd := exec.Command(filepath.Join(bin, "pretrain"), call[1:]...)
		cmd.Dir = t.TempDir()
		text, err := cmd.CombinedOutput()
		lacks := map[bool]string{true: "--data: indexed: opening: /bert/corpus", false: "/bert/vocab"}[call[1] == "train"]
		if err == nil || !strings.Contains(string(text), lacks) {
			t.Errorf("%s: %q: %v\n%s\nexpected that it lacks %s", file, call, err, text, lacks)
		}
	}
}

// TestPaperIsPrinted: the tables of docs/distributed-paper.md are those that scripts/on_paper.py prints.
func TestPaperIsPrinted(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 on this machine")
	}
	printed, err := exec.Command(python, "on_paper.py").Output()
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(filepath.Join("..", "docs", "distributed-paper.md"))
	if err != nil {
		t.Fatal(err)
	}
	if len(printed) == 0 || !bytes.Contains(document, printed) {
		t.Errorf("docs/distributed-paper.md has other tables than this:\n%s", printed)
	}
}
