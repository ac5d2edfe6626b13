package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestSettingsAreCalledAsUsersKnowThem(t *testing.T) {
	flag := func(setting string) string { return "--" + setting }
	e := Usage("{seq-length} is %d: %s reads less: %w", 9, "{seq-length}", io.EOF).Advise("{positions} %d", 9)
	if got := e.Error(); got != "seq-length is 9: {seq-length} reads less: EOF (hint: positions 9)" {
		t.Error(got)
	}
	if got := e.Text(flag); got != "--seq-length is 9: {seq-length} reads less: EOF (hint: --positions 9)" {
		t.Error(got)
	}
	if e.Hint() != "positions 9" || New("x").Hint() != "" {
		t.Error(e.Hint())
	}
	wrapped := errors.Join(errors.New("another"), fmt.Errorf("run: %w", e))
	if !errors.Is(wrapped, ErrUsage) || !errors.Is(wrapped, io.EOF) || errors.Is(New("x: %w", io.EOF), ErrUsage) {
		t.Error("the chain is broken")
	}
}
