package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gobert/internal/fault"
)

// verbs is a command for the tests.
type verbs struct {
	Work workVerb `cmd:"" help:"Do some work: now."`
	Wait struct{} `cmd:"" hidden:""`
}

type workVerb struct {
	Config Config   `help:"File."`
	Count  int      `group:"Data" default:"1" help:"How much."`
	Names  []string `group:"Data" help:"Names."`
	Kind   string   `group:"Model" default:"a" enum:"a,b" help:"Which kind: it's [a] or b."`
	Deep   bool     `negatable:"" default:"true" help:"Deep."`
	Fail   string   `help:"How to fail."`
	Out    string   `placeholder:"DIR" help:"Folder."`
	Target string   `arg:"" optional:"" help:"Target."`
}

func (w *workVerb) Help() string { return "    tool work --count 3" }

func (w *workVerb) Run(ctx context.Context, s *Streams) error {
	switch w.Fail {
	case "usage":
		return fault.Usage("{count} is 0: expected more").Advise("{count} 1")
	case "two":
		return errors.Join(errors.New("one thing"), fault.New("tool: another").Advise("look"))
	case "full":
		return fmt.Errorf("work: %w", &os.PathError{Op: "write", Path: "file", Err: syscall.ENOSPC})
	case "next":
		s.Next("look", w.Out, "-5")
	case "canceled":
		return fmt.Errorf("work: %w", context.Canceled)
	}
	s.Log.Info("news")
	s.Log.Debug("details")
	s.Log.Warn("careful", "reason", fault.New("{count} is odd").Advise("{count} 2"), "n", 3)
	fmt.Fprintln(s.Out, w.Count, w.Names, w.Kind, w.Deep)
	return ctx.Err()
}

// recipes is a command with recipes.
type recipes struct {
	Cook cookVerb `cmd:""`
}

type cookVerb struct {
	Named  Recipe `name:"recipe" help:"Recipe."`
	Config Config `help:"File."`
	Count  int    `default:"1" help:"How much."`
	Size   int    `default:"1" help:"How large."`
}

func (c *cookVerb) Recipe(name string) (map[string]string, error) {
	if name != "stew" {
		return nil, fmt.Errorf("--recipe: %q is not known: expected stew", name)
	}
	return map[string]string{"count": "5", "size": "6"}, nil
}

func (c *cookVerb) Run(s *Streams) error {
	fmt.Fprintln(s.Out, c.Count, c.Size)
	return nil
}

func TestRecipesGiveWayToFilesAndFlags(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	if err := os.WriteFile(path, []byte(`{"size": 9}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"cook": "1 1\n", "cook --recipe stew": "5 6\n", "cook --recipe stew --size 7": "5 7\n", "cook --config " + path + " --recipe stew": "5 9\n",
	} {
		if code, out, talk := started(t, &recipes{}, strings.Fields(args)...); code != Done || out != want {
			t.Errorf("%s: code %d, %q, %s; expected %q", args, code, out, talk, want)
		}
	}
	if code, _, talk := started(t, &recipes{}, "cook", "--recipe", "soup"); code != Usage || !strings.Contains(talk, "expected stew") {
		t.Errorf("an unknown recipe: code %d, %s", code, talk)
	}
}

func started(t *testing.T, commands any, args ...string) (code int, out, talk string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main("tool", "A tool.", commands, args, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestExitCodesAndTalk(t *testing.T) {
	for _, x := range []struct {
		args      string
		code      int
		out, talk string // what must be in them
	}{
		{"", Done, "Exit codes: 0 done", ""},
		{"--help", Done, "Do some work", ""},
		{"--version", Done, "LibTorch 2.", ""},
		{"work --help", Done, "tool work --count 3", ""},
		{"work", Done, "1 [] a true\n", "careful: --count is odd (hint: --count 2) n=3\n"},
		{"work --count 3 --names x,y --kind b --no-deep", Done, "3 [x y] b false\n", "news"},
		{"work --verbose", Done, "", "details"},
		{"werk", Usage, "", "tool: error: unexpected argument werk\ntool: hint: did you mean \"work\"?\n"},
		{"work --cuont 3", Usage, "", "tool: hint: did you mean \"--count\"?\n"},
		{"work --count many", Usage, "", "--count"},
		{"work --count -3", Usage, "", "but got \"-3\"\ntool: hint: a value that begins with a dash is written --count=-3\n"},
		{"work --kind c", Usage, "", "--kind"},
		{"work --quiet --verbose", Usage, "", "--quiet and --verbose"},
		{"work --config missing.json", Usage, "", "--config: open missing.json"},
		{"work --config missing.json", Usage, "", "tool: hint: tool work --help lists what there is\n"},
		{"work --fail usage", Usage, "", "tool: error: --count is 0: expected more\ntool: hint: --count 1\n"},
		{"work --fail two", Failed, "", "tool: error: one thing\ntool: error: another\ntool: hint: look\n"},
		{"work --fail full", Failed, "", "tool: error: work: write file: no space left on device\ntool: hint: make room on the disk, or give a place on another one\n"},
		{"work --fail next --out=-x", Done, "", "next: tool look ./-x -5\n"},
		{"work --fail next --out=-", Done, "", "next: tool look - -5\n"},
		{"work --fail canceled", Interrupted, "", "tool: stopped: work: interrupted\n"},
	} {
		code, out, talk := started(t, &verbs{}, strings.Fields(x.args)...)
		if code != x.code || !strings.Contains(out, x.out) || !strings.Contains(talk, x.talk) {
			t.Errorf("%q: code %d, out %q, talk %q; expected %d, %q, %q", x.args, code, out, talk, x.code, x.out, x.talk)
		}
		if strings.Contains(talk, "\x1b") {
			t.Errorf("%q: colours in a pipe: %q", x.args, talk)
		}
	}
	if _, _, talk := started(t, &verbs{}, "work", "--quiet"); strings.Contains(talk, "news") || !strings.Contains(talk, "careful") {
		t.Errorf("--quiet leaves %q", talk)
	}
	if _, _, talk := started(t, &verbs{}, "work", "--color", "always"); !strings.Contains(talk, "\x1b[") {
		t.Errorf("--color always gives none: %q", talk)
	}
}

// TestAWorkingDirectoryThatIsGone: MKL, which LibTorch computes with, ends the process where there is none.
func TestAWorkingDirectoryThatIsGone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	code, _, talk := started(t, &verbs{}, "work")
	if code != Usage || !strings.HasPrefix(talk, "tool: error: the working directory cannot be told: ") || !strings.Contains(talk, "\ntool: hint: it was removed") {
		t.Errorf("code %d, %q", code, talk)
	}
	if code, _, talk := started(t, &verbs{}, "--version"); code != Done {
		t.Errorf("--version: code %d, %q", code, talk)
	}
}

func TestConfigurationFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"count": 7, "names": ["x", "y"], "kind": "b", "deep": false}`)
	if code, out, talk := started(t, &verbs{}, "work", "--config", path); code != Done || out != "7 [x y] b false\n" {
		t.Errorf("code %d, out %q, %s", code, out, talk)
	}
	if _, out, _ := started(t, &verbs{}, "work", "--config", path, "--count", "8"); !strings.HasPrefix(out, "8 ") {
		t.Errorf("the command line does not win: %q", out)
	}
	for text, want := range map[string]string{
		`{"cuont": 7}`:      "no flag has the name cuont",
		`{"count": "many"}`: "--count",
		`{"count": {}}`:     "is no value of a flag",
		`[1]`:               "one JSON object",
		`{"kind": "c"}`:     "--kind",
	} {
		write(text)
		if code, _, talk := started(t, &verbs{}, "work", "--config", path); code != Usage || !strings.Contains(talk, want) {
			t.Errorf("%s: code %d, %q; expected %q", text, code, talk, want)
		}
	}
}

func TestCompletionScriptsAreAccepted(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, script, talk := started(t, &verbs{}, "completion", shell)
		if code != Done || !strings.Contains(script, "work") || !strings.Contains(script, "count") || strings.Contains(script, "wait") {
			t.Errorf("%s: code %d, %s\n%s", shell, code, talk, script)
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			t.Logf("%s is not here: its script was not parsed", shell)
			continue
		}
		cmd := exec.Command(path, "-n")
		cmd.Stdin = strings.NewReader(script)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s does not take its script: %v\n%s", shell, err, text)
		}
	}
	if code, _, talk := started(t, &verbs{}, "completion", "ksh"); code != Usage {
		t.Errorf("ksh: code %d, %s", code, talk)
	}
}

// TestBashCompletes asks bash what it would offer.
func TestBashCompletes(t *testing.T) {
	_, script, _ := started(t, &verbs{}, "completion", "bash")
	for line, want := range map[string]string{
		"tool wo":            "work",
		"tool work --cou":    "--count",
		"tool work --no-d":   "--no-deep",
		"tool work --kind ":  "a b",
		"tool completion zs": "zsh",
	} {
		words := strings.Split(line, " ")
		quoted := make([]string, len(words))
		for i, w := range words {
			quoted[i] = "'" + w + "'"
		}
		ask := fmt.Sprintf("%s\nCOMP_WORDS=(%s); COMP_CWORD=%d; _tool; echo \"${COMPREPLY[*]}\"", script, strings.Join(quoted, " "), len(words)-1)
		out, err := exec.Command("bash", "-c", ask).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q is completed by %q, %v; expected %q", line, out, err, want)
		}
	}
}

// TestFishCompletes asks fish.
func TestFishCompletes(t *testing.T) {
	if _, err := exec.LookPath("fish"); err != nil {
		t.Skip("fish is not here")
	}
	_, script, _ := started(t, &verbs{}, "completion", "fish")
	for line, want := range map[string]string{
		"tool wo":            "work\tDo some work",
		"tool work --cou":    "--count\tHow much",
		"tool work --no-d":   "--no-deep\tnot: Deep",
		"tool work --kind ":  "a\tWhich kind\nb\tWhich kind",
		"tool completion zs": "zsh",
	} {
		cmd := exec.Command("fish", "--no-config", "-c", "source; complete -C '"+line+"'")
		cmd.Stdin, cmd.Env = strings.NewReader(script), append(os.Environ(), "HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%q is completed by %q, %v; expected %q", line, out, err, want)
		}
	}
}

// TestZshCompletes presses the key in a zsh of its own, behind a pseudo-terminal (zsh's zpty).
func TestZshCompletes(t *testing.T) {
	if _, err := exec.LookPath("zsh"); err != nil {
		t.Skip("zsh is not here")
	}
	_, script, _ := started(t, &verbs{}, "completion", "zsh")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "_tool"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"tool wo":            "tool work ",
		"tool work --cou":    "tool work --count=",
		"tool work --no-d":   "tool work --no-deep ",
		"tool completion zs": "tool completion zsh ",
	} {
		ask := `zmodload zsh/zpty; zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=(` + folder + ` \$fpath); autoload -Uz compinit; compinit -u -D; show() { print -r -- \"<\$BUFFER>\"; }; zle -N show; bindkey ^X show; print ready''"
zpty -r shell text '*ready*'; zpty -r shell text '*ready*'
zpty -n -w shell $'` + line + `\t\x18'; zpty -r shell text '*<*>*'; print -r -- $text; zpty -d shell`
		cmd := exec.Command("timeout", "20", "zsh", "-f", "-c", ask)
		cmd.Env = append(os.Environ(), "TERM=dumb", "HOME="+folder)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "<"+want+">") {
			t.Errorf("%q is completed by %q, %v; expected %q", line, out, err, want)
		}
	}
}

func FuzzConfigurationFile(f *testing.F) {
	for _, text := range []string{`{"count": 7}`, `{"names": ["x", 1, null]}`, `{"count": {}}`, `[]`, `{`, `{"a": "\u0000"}`, `{"kind": true}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "run.json")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		values, err := readConfig(path)
		if err != nil && !strings.Contains(err.Error(), "config: ") {
			t.Errorf("the fault does not name the flag: %v", err)
		}
		for name := range values {
			if strings.Contains(name, "_") {
				t.Errorf("%q is no flag's name", name)
			}
		}
	})
}
