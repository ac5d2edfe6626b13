package badinput

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"gobert/internal/testkit"
	"gobert/internal/torch"
)

// Tests is the TestMain of a command, and gives the exit code: the test binary is the command, too, where it is called by that name.
func (c *Command) Tests(m *testing.M, main func()) int {
	if filepath.Base(os.Args[0]) == c.Name {
		if os.Getenv(rowAfterRow) != "" {
			c.answerAll()
		} else {
			main()
		}
		return 0
	}
	if err := torch.SetThreads(1); err != nil { // the models are tiny
		panic(err)
	}
	code, err := testkit.WithProgram(c.Name, m.Run)
	if err != nil {
		panic(err)
	}
	return code
}

// rowAfterRow is the variable that makes a process of the command a [child].
const rowAfterRow = "GOBERT_ROW_AFTER_ROW"

// child is a process of the command under the conditions of a shell that answers one row after the other: a process takes fifty
// times as long to start as a row to be answered.
type child struct {
	cmd     *exec.Cmd
	dir     string // of the shell
	ask     *gob.Encoder
	answers *gob.Decoder
	talk    bytes.Buffer // what it wrote past its answers
	close   func()
}

// answerAll is the child's side of it.
func (c *Command) answerAll() {
	requests, answers := gob.NewDecoder(os.NewFile(3, "requests")), gob.NewEncoder(os.NewFile(4, "answers"))
	for {
		var args []string
		if requests.Decode(&args) != nil {
			return // there are no more
		}
		if err := answers.Encode(c.run(args...)); err != nil {
			panic(err)
		}
		disk := filepath.Join(os.Getenv("DIR"), "full")
		written, _ := os.ReadDir(disk) // there is none under most shells
		for _, file := range written {
			if file.Name() != filler {
				_ = os.RemoveAll(filepath.Join(disk, file.Name()))
			}
		}
	}
}

// start starts a child; the test is the one that all rows are part of.
func (c *Command) start(t *testing.T, s *shell) *child {
	t.Helper()
	k := &child{dir: t.TempDir()}
	itsRequests, requests, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, itsAnswers, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	k.cmd = c.under(s, k.dir, nil)
	k.cmd.Env = append(k.cmd.Env, rowAfterRow+"=1")
	k.cmd.ExtraFiles = []*os.File{itsRequests, itsAnswers}
	k.cmd.Stderr = &k.talk
	if err := errors.Join(k.cmd.Start(), itsRequests.Close(), itsAnswers.Close()); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", s.script, err))
	}
	k.ask, k.answers = gob.NewEncoder(requests), gob.NewDecoder(answers)
	k.close = func() { _, _ = requests.Close(), answers.Close() }
	return k
}

// row asks for one row. A child that ends instead is the row's fault, and ended then says so.
func (k *child) row(args []string) (a answer, ended bool) {
	hung := time.AfterFunc(hangs, func() { _ = k.cmd.Process.Kill() })
	defer hung.Stop()
	err := k.ask.Encode(args)
	if err == nil {
		err = k.answers.Decode(&a)
	}
	if err == nil {
		return a, false
	}
	_ = k.cmd.Wait()
	k.close()
	return answer{Code: k.cmd.ProcessState.ExitCode(), Talk: k.talk.String()}, true
}

// end ends a child. What it said past its answers, a library's warning or its last words, is a fault.
func (k *child) end(t *testing.T) {
	k.close()
	if err := k.cmd.Wait(); err != nil || k.talk.Len() > 0 {
		t.Errorf("%v: %v\n%s", k.cmd.Args, err, k.talk.String())
	}
}
