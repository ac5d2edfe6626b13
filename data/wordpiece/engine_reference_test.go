package wordpiece

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// reference is what Hugging Face makes of a text; offsets are in code points.
type reference = Pieces

// ruleSets are all sixteen combinations of the normalizer's settings.
func ruleSets() []rules {
	var all []rules
	for i := range 16 {
		all = append(all, rules{i&1 != 0, i&2 != 0, i&4 != 0, i&8 != 0, 100, "##"})
	}
	return all
}

// digits is how reference.py takes rules.
func (r rules) digits() string {
	b := func(v bool) int {
		if v {
			return 1
		}
		return 0
	}
	return fmt.Sprintf("%d%d%d%d", b(r.Lowercase), b(r.StripAccents), b(r.ChineseChars), b(r.CleanText))
}

// python is the interpreter that has the reference; tests that need it skip without.
func python(t testing.TB) string {
	t.Helper()
	path := os.Getenv("GOBERT_PYTHON")
	if path == "" {
		t.Skip("no reference to ask (set GOBERT_PYTHON to a Python with tokenizers)")
	}
	return path
}

// converse starts a program of the reference, to be written to and read from.
func converse(t testing.TB, program ...string) (cmd *exec.Cmd, in io.WriteCloser, out io.Reader) {
	t.Helper()
	cmd = exec.Command(python(t), program...)
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	return cmd, in, out
}

// batch is how many texts the reference takes at a time; no fewer may be ahead of the answers.
const batch = 512

// ask hands each text and what the reference makes of it to check, and returns the versions.
func ask(t testing.TB, vocabulary string, r rules, texts iter.Seq[string], check func(text string, want *reference)) string {
	t.Helper()
	cmd, in, out := converse(t, filepath.Join("testdata", "reference.py"), vocabulary, r.digits())
	sent := make(chan string, 8*batch)
	go func() {
		w := bufio.NewWriterSize(in, 1<<16)
		n := 0
		for text := range texts {
			if n++; n%batch == 0 {
				w.Flush()
			}
			var head [4]byte
			binary.LittleEndian.PutUint32(head[:], uint32(len(text)))
			w.Write(head[:])
			w.WriteString(text)
			sent <- text
		}
		w.Flush()
		in.Close()
		close(sent)
	}()
	answers := bufio.NewReaderSize(out, 1<<16)
	versions, err := answers.ReadString('\n')
	if err != nil {
		t.Fatal("the reference did not start: ", err)
	}
	var want reference
	for text := range sent {
		if err := readReference(answers, &want); err != nil {
			t.Fatal("reading the reference's answer: ", err)
		}
		check(text, &want)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(versions)
}

func readReference(r io.Reader, want *reference) error {
	var n int32
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return err
	}
	for _, s := range []*[]int32{&want.IDs, &want.Starts, &want.Ends, &want.Words} {
		*s = slices.Grow((*s)[:0], int(n))[:n]
		if err := binary.Read(r, binary.LittleEndian, *s); err != nil {
			return err
		}
	}
	return nil
}

// comparison runs an engine beside the reference and counts differences.
type comparison struct {
	e         *engine
	got       Pieces
	ids       []int32
	points    []int32
	texts     int
	different int
}

// check compares ids of both doors, offsets and word numbers.
func (c *comparison) check(t testing.TB, text string, want *reference) {
	t.Helper()
	c.texts++
	c.got.Reset()
	words := c.e.appendPieces(&c.got, text, 0, 0)
	c.ids = c.e.appendIDs(c.ids[:0], text)
	c.points = codePointAt(c.points[:0], text)
	for i := range c.got.Starts {
		c.got.Starts[i] = c.points[c.got.Starts[i]]
		c.got.Ends[i] = c.points[c.got.Ends[i]]
	}
	last := int32(0)
	if n := len(want.Words); n > 0 {
		last = want.Words[n-1] + 1
	}
	if slices.Equal(c.got.IDs, want.IDs) && slices.Equal(c.ids, want.IDs) && slices.Equal(c.got.Starts, want.Starts) &&
		slices.Equal(c.got.Ends, want.Ends) && slices.Equal(c.got.Words, want.Words) && words == last {
		return
	}
	if c.different++; c.different <= 10 {
		t.Errorf("%+v: %q\n  got  %v, ids alone %v\n  want %v", c.e.rules, text, c.got, c.ids, *want)
	}
}

// codePointAt appends for each byte of text, and its end, the number of the code point it lies in.
func codePointAt(dst []int32, text string) []int32 {
	n := int32(0)
	for at := 0; at < len(text); n++ {
		_, size := decode(text[at:])
		for range size {
			dst = append(dst, n)
		}
		at += size
	}
	return append(dst, n)
}

// readVocabulary reads a vocab.txt.
func readVocabulary(t testing.TB, path string) []string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
}
