package ui

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPlainLinesInAPipe(t *testing.T) {
	var b bytes.Buffer
	table := NewTable(NewScreen(&b, false), []Column{{"step", 5}, {"loss", 7}})
	for i := range headEvery + 1 {
		table.Row([]string{fmt.Sprint(i), "1.5000"}, 0.5)
	}
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if len(lines) != headEvery+3 || lines[0] != " step    loss" || lines[1] != "    0  1.5000" || lines[headEvery+1] != lines[0] {
		t.Errorf("%d lines: %q, %q, %q", len(lines), lines[0], lines[1], lines[headEvery+1])
	}
	if strings.ContainsAny(b.String(), "\r\x1b") {
		t.Error("a pipe gets the terminal's commands")
	}
}

func TestColumnsThatHaveNoRoomAreLeftOut(t *testing.T) {
	columns := []Column{{"a", 40}, {"b", 30}, {"c", 9}, {"d", 7}}
	for live, want := range map[bool]string{true: "1 2 4", false: "1 2 3 4"} {
		var b bytes.Buffer
		NewTable(NewScreen(&b, live), columns).Row([]string{"1", "2", "3", "4"}, 0.5)
		lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
		got := strings.Join(strings.Fields(strings.TrimPrefix(lines[1], eraseLine)), " ")
		if got != want || live && len(lines[0]) > 79 {
			t.Errorf("live is %v: %q below %q, expected %q", live, got, lines[0], want)
		}
	}
}

func TestLiveLineStaysBelowOtherLines(t *testing.T) {
	var b bytes.Buffer
	s := NewScreen(&b, true)
	s.Live("working")
	fmt.Fprintln(s, "news")
	s.Live("working harder")
	s.Live("")
	if got, want := b.String(), "\r\x1b[Kworking\r\x1b[Knews\nworking\r\x1b[Kworking harder\r\x1b[K"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLiveLineNeverWraps(t *testing.T) {
	if got := cut(strings.Repeat("x", 200), 80); len(got) != 79 {
		t.Errorf("%d characters on a line of 80", len(got))
	}
}

func TestNumbers(t *testing.T) {
	for _, x := range []struct{ got, want string }{
		{Count(0), "0"},
		{Count(950), "950"},
		{Count(999.6), "1.00k"},
		{Count(51234), "51.2k"},
		{Count(123456), "123k"},
		{Count(9.9e11), "990G"},
		{Bytes(0), "0B"},
		{Bytes(1 << 20), "1.00M"},
		{Bytes(812 << 20), "812M"},
		{Bytes(5 << 30), "5.00G"},
		{Span(-1), "0s"},
		{Span(-time.Minute), "-"},
		{Span(42 * time.Second), "42s"},
		{Span(187 * time.Second), "3m07s"},
		{Span(3725 * time.Second), "1h02m"},
		{Span(76 * time.Hour), "3d04h"},
	} {
		if x.got != x.want {
			t.Errorf("got %q, want %q", x.got, x.want)
		}
	}
}
