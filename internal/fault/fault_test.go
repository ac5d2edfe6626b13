package fault

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func flag(setting string) string { return "--" + setting }

func TestSettingsAreCalledAsUsersKnowThem(t *testing.T) {
	e := Usage("{seq-length} is %d: %s reads less: %w", 9, "{seq-length}", io.EOF).Advise("{positions} %d", 9)
	if got := e.Error(); got != "seq-length is 9: {seq-length} reads less: EOF (hint: positions 9)" {
		t.Error(got)
	}
	if e.Hint() != "positions 9" || New("x").Hint() != "" {
		t.Error(e.Hint())
	}
	for err, want := range map[error]string{
		nil: "", io.EOF: "", fmt.Errorf("run: %w", e): "positions 9", New("run: %w", New("x: %w", e)): "positions 9",
	} {
		if got := Hint(err); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
	wrapped := errors.Join(errors.New("another"), fmt.Errorf("run: %w", e))
	if !errors.Is(wrapped, ErrUsage) || !errors.Is(wrapped, io.EOF) || errors.Is(New("x: %w", io.EOF), ErrUsage) {
		t.Error("the chain is broken")
	}
	if two := New("%w and %w", io.EOF, e); !errors.Is(two, io.EOF) || !errors.Is(two, ErrUsage) {
		t.Error("the chain of two is broken")
	}
}

// other is an error of another type that has a hint.
type other struct{ error }

func (other) Hint() string { return "h" }

func TestLines(t *testing.T) {
	joined := errors.Join(errors.New("one"), errors.New("two\nlines"))
	inner := Usage("{batch} is %s", "{0}\n").Advise("{batch} 1")
	for _, x := range []struct {
		err  error
		want []Line
	}{
		{errors.New("plain\ntext"), []Line{{`plain\ntext`, nil}}},
		{inner, []Line{{`--batch is {0}\n`, []string{"--batch 1"}}}},
		{fmt.Errorf("a run: %w: so it goes", inner), []Line{{`a run: --batch is {0}\n: so it goes`, []string{"--batch 1"}}}},
		{New("{data}: %w", inner).Advise("leave {data} out"), []Line{{`--data: --batch is {0}\n`, []string{"--batch 1", "leave --data out"}}}},
		{errors.Join(io.EOF, fmt.Errorf("b: %w", errors.Join(inner, New("{x}")))), []Line{
			{"EOF", nil}, {`b: --batch is {0}\n`, []string{"--batch 1"}}, {"--x", nil},
		}},
		{fmt.Errorf("q: %w", fmt.Errorf("p: %w", joined)), []Line{{"q: p: one", nil}, {`two\nlines`, nil}}},
		{errors.Join(joined, io.EOF), []Line{{"one", nil}, {`two\nlines`, nil}, {"EOF", nil}}},
		{fmt.Errorf("a: %w", other{errors.New("b (hint: h)")}), []Line{{"a: b", []string{"h"}}}},
		{fmt.Errorf("%w, %w", io.EOF, inner), []Line{{`EOF, --batch is {0}\n`, []string{"--batch 1"}}}},
	} {
		if diff := cmp.Diff(x.want, Lines(x.err, flag)); diff != "" {
			t.Errorf("%v:\n%s", x.err, diff)
		}
	}
	if got := Text(errors.Join(io.EOF, inner)); got != `EOF; batch is {0}\n` {
		t.Error(got)
	}
}

func TestCaught(t *testing.T) {
	if err := Caught(func() error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	err := Caught(func() error {
		panic(Caught(func() error { panic("the map is nil") }))
	})
	var p *Panic
	if !errors.As(err, &p) || !strings.Contains(err.Error(), "the map is nil") || !strings.Contains(string(p.Stack), "TestCaught") {
		t.Errorf("%v", err)
	}
}
