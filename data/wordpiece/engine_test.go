package wordpiece

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

func bertRules(lowercase bool) rules { return rules{lowercase, lowercase, true, true, 100, "##"} }

// FuzzEngine holds the engine to its twin on any bytes and under any rules.
func FuzzEngine(f *testing.F) {
	for _, text := range slices.Concat(plainTexts, broken) {
		f.Add(text, byte(15))
		f.Add(strings.Repeat(text+"-", 9), byte(12))
	}
	vocabulary := syntheticVocabulary()
	var pairs []*pair
	for _, r := range ruleSets() {
		pairs = append(pairs, newPair(f, vocabulary, r))
	}
	f.Fuzz(func(t *testing.T, text string, rules byte) {
		p := pairs[rules&15]
		p.check(t, text)
		p.check(t, text)
	})
}

// TestOddVocabularies: holes, repeated tokens, no continuing pieces, another prefix or none.
func TestOddVocabularies(t *testing.T) {
	for _, c := range []struct {
		vocabulary []string
		prefix     string
	}{
		{[]string{"[UNK]", "", "a", "", "##b", "a", "##b"}, "##"},
		{[]string{"[UNK]", "a", "b", "abc", "\x00", "\xff\xfe", "a\x00b"}, "##"},
		{[]string{"[UNK]", "a", "b", "_c", "_cd", "_", "__c"}, "_"},
		{[]string{"[UNK]", "a", "b", "ab", "abc", "c"}, ""},
		{[]string{"[UNK]"}, "##"},
		{[]string{"[UNK]", strings.Repeat("a", 300), strings.Repeat("a", 17), "##a"}, "##"},
	} {
		for _, r := range []rules{{MaxWord: 400}, {true, true, true, true, 5, ""}, {CleanText: true, MaxWord: 1}, {Lowercase: true, MaxWord: 20}} {
			r.Prefix = c.prefix
			p := newPair(t, c.vocabulary, r)
			for _, text := range []string{"a", "ab", "abc", "abcd abcdc ac_c", "aaab bbba", "a\x00b \x00", "##b a##b", strings.Repeat("a", 300), strings.Repeat("a", 40) + "b"} {
				p.check(t, text)
				p.check(t, text)
			}
		}
	}
}

// TestForgetting fills the cache's arenas again and again.
func TestForgetting(t *testing.T) {
	p := newPair(t, syntheticVocabulary(), bertRules(true))
	var b strings.Builder
	for i := range 60_000 {
		b.WriteString("word")
		b.WriteString(strings.Repeat(string(rune('a'+i%26)), 1+i%23))
		for n := i; n > 0; n /= 26 {
			b.WriteByte(byte('a' + n%26))
		}
		b.WriteByte(' ')
		if b.Len() > 100_000 {
			p.check(t, b.String())
			b.Reset()
		}
	}
}

// TestNoAllocation: the hot doors allocate nothing once slices and cache are there.
func TestNoAllocation(t *testing.T) {
	e, err := newEngine(syntheticVocabulary(), 1, bertRules(true))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plainTexts, " ")
	var ids []int32
	var p Pieces
	work := func() {
		ids = e.appendIDs(ids[:0], text)
		p.Reset()
		e.appendPieces(&p, text, 0, 0)
	}
	work()
	// The pool may be emptied by a collection now and then, so the average is what counts.
	if n := testing.AllocsPerRun(200, work); n >= 1 {
		t.Errorf("%v allocations a text, expected none", n)
	}
}

// TestConcurrentUse runs one engine from many goroutines; the race detector watches.
func TestConcurrentUse(t *testing.T) {
	e, err := newEngine(syntheticVocabulary(), 1, bertRules(true))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(plainTexts, " ")
	want := e.appendIDs(nil, text)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				if got := e.appendIDs(nil, text); !slices.Equal(got, want) {
					t.Error("ids differ between goroutines")
					return
				}
			}
		})
	}
	group.Wait()
}

// TestMaximalPart follows the examples of the Unicode standard, section 3.9, and Python.
func TestMaximalPart(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int
	}{
		{"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", []int{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", []int{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", []int{1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", []int{2, 1, 3, 2, 1}},
		{"\xc3", []int{1}},
		{"\xe2\x82", []int{2}},
		{"\u00e9\u732b\U0001f600", []int{2, 3, 4}},
	} {
		var got []int
		for at := 0; at < len(c.text); {
			r, size := decode(c.text[at:])
			if valid := utf8.ValidString(c.text[at : at+size]); valid == (r == utf8.RuneError) {
				t.Errorf("%q at %d: %q", c.text, at, r)
			}
			got = append(got, size)
			at += size
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: parts of %v bytes, expected %v", c.text, got, c.want)
		}
	}
}

// TestWords compares the words for vocabulary training with the plain steps.
func TestWords(t *testing.T) {
	for _, r := range ruleSets() {
		e, err := newEngine(syntheticVocabulary(), 1, r)
		if err != nil {
			t.Fatal(err)
		}
		iterate := e.words()
		n := e.normalizer()
		for text := range randomTexts(6, 300) {
			var got, want []string
			iterate([]byte(text), func(w []byte) { got = append(got, string(w)) })
			n.words(n.normalize(text), func(w []aligned) { want = append(want, string(appendText(nil, w))) })
			if !slices.Equal(got, want) {
				t.Fatalf("%+v: %q: %q, expected %q", r, text, got, want)
			}
		}
	}
}
