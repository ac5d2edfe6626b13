package badinput

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobert/internal/cli"
	"gobert/internal/disk"
)

// ends is how much of the processor's time a process may take to end after a signal: what others do there meanwhile is no fault of it.
const ends = 15 * time.Second

// Signals sends SIGTERM or SIGINT to real processes at moments that nobody chose, and holds how and when they end. The
// command is found by its name: see [Command.Tests].
func (c *Command) Signals(t *testing.T) {
	program, err := exec.LookPath(c.Name)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{t: t, good: t.TempDir()}
	c.make(w)
	w.large(c.Name)
	random := rand.New(rand.NewPCG(3, 4))
	uses := c.uses(t)
	for i, use := range append(uses, minutes(c.Name)...) {
		after := time.Duration(random.IntN(600)) * time.Millisecond
		if i >= len(uses) {
			after += 600 * time.Millisecond // in the middle of the work
		}
		t.Run(fmt.Sprintf("%d %s", i, use.Verb), func(t *testing.T) {
			t.Parallel()
			here := *w
			here.t, here.Dir = t, t.TempDir()
			c.interrupt(t, program, c.args(&here, use, "", ""), after, []os.Signal{syscall.SIGTERM, os.Interrupt}[i%2])
			for _, left := range debris(here.Dir) {
				t.Error(left)
			}
		})
	}
}

// interrupt starts a process, and signals it after a while. One that was done before, or that had not yet come to listen, is fine.
func (c *Command) interrupt(t *testing.T, program string, args []string, after time.Duration, signal os.Signal) {
	t.Helper()
	var talk bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stderr = &talk
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "OMP_NUM_THREADS=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	before := spentBy(cmd.Process.Pid)
	_ = cmd.Process.Signal(signal) // it may have ended
	err := cmd.Wait()
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() - before
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		t.Fatal(err)
	}
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	early := status.Signaled() && status.Signal() == signal && talk.Len() == 0
	if code := cmd.ProcessState.ExitCode(); !early && code != cli.Done && code != cli.Interrupted || took > ends {
		t.Errorf("%s %s: exit code %d, %v of work after %v\n%s", c.Name, strings.Join(args, " "), code, took, signal, talk.String())
	}
	if found := foreign.FindString(talk.String()); found != "" {
		t.Errorf("%s %s: it says %q\n%s", c.Name, strings.Join(args, " "), found, talk.String())
	}
}

// spentBy is how much of the processor's time a process has taken; 0 where nobody tells. The system counts it in hundredths of a second.
func spentBy(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, after, found := strings.Cut(string(text), ") ") // the name, in parentheses, may be anything
	fields := strings.Fields(after)
	if err != nil || !found || len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100)
}

// large are inputs that take minutes.
func (w *World) large(name string) {
	w.Dir = w.good
	w.File("large.txt", strings.Repeat(stories(), 8000))
	if name == "finetune" {
		w.File("large.csv", opinions(400_000))
	}
}

// minutes are calls that would take minutes.
func minutes(name string) (uses []Use) {
	for _, use := range []Use{
		{"pretrain vocab", words("{large} --out {new} --size 3000")},
		{"pretrain data", words("{large} --tokenizer {tokenizer} --out {new}")},
		{"pretrain data", words("{large} --tokenizer {tokenizer} --out {new} --google --dupe-factor 1")},
		{"pretrain train", words("--data {corpus} --model {shape} --out {new} --steps 1000000 --batch 4 --seq-length 16 --compute fp32 --device cpu --save-every 100000")},
		{"pretrain eval", words("{pretrained} --data {corpus} --seq-length 16 --batch 1 --device cpu")},
		{"finetune train", words("--model {model} --task classify --data {largelabelled} --out {new} --epochs 9 --batch 4 --no-rehearse --device cpu")},
		{"finetune eval", words("{tuned} --data {labelled} --bootstrap 1000000 --device cpu")},
		{"finetune eval", words("{tuned} --data {largelabelled} --bootstrap 1000 --device cpu")},
		{"finetune predict", words("{tuned} --input {large} --format text --device cpu --output {lines}")},
		{"finetune embed", words("{model} --input {large} --device cpu --output {vectors}")},
		{"finetune report", words("{tuned} --data {largelabelled} --out {page}")},
	} {
		if strings.HasPrefix(use.Verb, name+" ") {
			uses = append(uses, use)
		}
	}
	return uses
}

// full calls a verb whose standard output is on a full disk. What it says there is lost, and that is one error.
func (c *Command) full(t *testing.T, w *World, use Use, said bool) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("this machine has no /dev/full: %v", err)
	}
	defer full.Close()
	w.Dir = t.TempDir()
	var talk strings.Builder
	code := c.Main(c.args(w, use, "", ""), full, &talk)
	const want = ": error: writing standard output: no space left on device\n"
	if n := strings.Count(talk.String(), want); said != (code == cli.Failed && n == 1) || !said && code != cli.Done {
		t.Errorf("%s %v: code %d, %s", use.Verb, use.Args, code, talk.String())
	}
}

// claimed are folders that another process writes to.
func claimed() []Row {
	return []Row{{
		Name: "new is another run's", Of: "new", Only: []string{"pretrain train", "finetune train"}, Code: 1, Says: `process|running`, Hint: true,
		Make: func(w *World) string {
			w.Dir = w.t.TempDir()
			folder := w.Dir + "/new"
			c, err := disk.Claim(folder, func(string) {})
			w.must(err)
			w.t.Cleanup(func() { c.Release() })
			return folder
		},
	}}
}
