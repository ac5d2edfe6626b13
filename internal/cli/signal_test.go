package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"gobert/train"
)

type stubborn struct {
	Deaf    deafVerb    `cmd:""`
	Saving  savingVerb  `cmd:""`
	Echo    echoVerb    `cmd:""`
	Unsaved unsavedVerb `cmd:""`
	Panicky panickyVerb `cmd:""`
	Hung    hungVerb    `cmd:""`
}

// deafVerb does not look at its context.
type deafVerb struct{}

func (*deafVerb) Run() error {
	interruptMe()
	select {}
}

// savingVerb needs longer than the grace.
type savingVerb struct{}

func (*savingVerb) Run(ctx context.Context, s *Streams) error {
	s.SavesFirst()
	interruptMe()
	<-ctx.Done()
	time.Sleep(grace + 200*time.Millisecond)
	s.Log.Info("saved")
	return ctx.Err()
}

// unsavedVerb cannot save what it is to save.
type unsavedVerb struct{}

func (*unsavedVerb) Run(ctx context.Context) error {
	interruptMe()
	<-ctx.Done()
	return fmt.Errorf("%w: %w", train.ErrNotSaved, syscall.ENOSPC)
}

type panickyVerb struct{}

func (*panickyVerb) Run() error {
	var list []int
	_ = list[len(os.Args)]
	return nil
}

// echoVerb gets a signal twice.
type echoVerb struct{}

func (*echoVerb) Run(ctx context.Context, s *Streams) error {
	s.SavesFirst()
	interruptMe()
	<-ctx.Done()
	time.Sleep(echo / 10)
	interruptMe()
	time.Sleep(echo / 10)
	s.Log.Info("saved")
	return ctx.Err()
}

// hungVerb loses its terminal, of which it is told twice.
type hungVerb struct{}

func (*hungVerb) Run(ctx context.Context, s *Streams) error {
	s.SavesFirst()
	_ = syscall.Kill(os.Getpid(), syscall.SIGHUP)
	<-ctx.Done()
	time.Sleep(echo / 10)
	_ = syscall.Kill(os.Getpid(), syscall.SIGHUP)
	time.Sleep(echo / 10)
	s.Log.Info("saved")
	return ctx.Err()
}

func interruptMe() { _ = syscall.Kill(os.Getpid(), syscall.SIGTERM) }

func TestSignalsEndEveryVerb(t *testing.T) {
	code, _, talk := started(t, &stubborn{}, "deaf")
	if code != Interrupted || talk != "tool: stopped: by a signal\n" {
		t.Errorf("a verb that does not listen: code %d, %q", code, talk)
	}
	if code, _, talk := started(t, &stubborn{}, "saving"); code != Interrupted || !strings.Contains(talk, "saved") {
		t.Errorf("a verb that saves: code %d, %q", code, talk)
	}
	want := "tool: error: interrupted, and the run was not saved: no space left on device\n" + roomHint
	if code, _, talk := started(t, &stubborn{}, "unsaved"); code != Failed || talk != want {
		t.Errorf("a verb that cannot save: code %d, %q", code, talk)
	}
}

// TestASignalComesTwiceToARank: by itself and by its launcher. The second would end this process.
func TestASignalComesTwiceToARank(t *testing.T) {
	t.Setenv("GOBERT_LAUNCHED", "1")
	if code, _, talk := started(t, &stubborn{}, "echo"); code != Interrupted || !strings.Contains(talk, "saved") {
		t.Errorf("code %d, %q", code, talk)
	}
}

// TestATerminalGoes: what would end this process is heard as a signal to stop, once.
func TestATerminalGoes(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("this test runs under nohup")
	}
	if code, _, talk := started(t, &stubborn{}, "hung"); code != Interrupted || !strings.Contains(talk, "saved") {
		t.Errorf("code %d, %q", code, talk)
	}
}

func TestPanicIsAnError(t *testing.T) {
	code, _, talk := started(t, &stubborn{}, "panicky")
	if code != Failed || strings.Count(talk, "\n") != 2 || !strings.Contains(talk, "a fault of this program, not of yours: runtime error") {
		t.Errorf("code %d, %q", code, talk)
	}
	if _, _, talk := started(t, &stubborn{}, "panicky", "--verbose"); !strings.Contains(talk, "signal_test.go:") {
		t.Errorf("--verbose does not say where: %q", talk)
	}
}
