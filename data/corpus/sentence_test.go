package corpus

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"gobert/internal/testkit"
)

func TestSentences(t *testing.T) {
	for _, want := range []string{ // | is where a sentence ends and another begins
		"", "One", "One.", "One.| Two.", "One!| Two?| Three", "Really?!| Yes.", "  Spaces.  |  Around.  ",
		// Abbreviations, titles, initials.
		"Dr. Smith met Mrs. Jones.| They talked.", "He saw Gen. Lee, Capt. Kirk and St. Peter.",
		"J. R. R. Tolkien wrote it.| So did C. S. Lewis.", "George W. Bush spoke.| He left.",
		"The U.S. Army came.| It left the U.S.| The end.", "He lived in Washington, D.C.| He died there.",
		"Apple Inc. makes phones.| Apple Inc.| They sell them.", "Acme Co. Ltd. closed.", "See fig. 3 and No. 5, vol. 2, pp. 7-9.",
		"Cats, dogs, etc. are pets.| Cats, dogs, etc.| They are pets.", "Lions vs. Tigers was a game.", "It was e.g. Berlin, i.e. Germany.",
		"He has a Ph.D. from Yale.| She has none.", "At 5 p.m. Monday it rained.| At 6 p.m. they left.",
		"Smith et al. found it.| It was wrong.", "He is John Smith Jr. of Boston.", "On Jan. 5 it snowed.",
		// Numbers.
		"It costs 3.50 dollars.| Or 1,000.25.", "Version 2.0 came out.| It failed.", "1. First point.| 2. Second point.",
		"In 1999.| 2000 was next.", "Call 555.1234.| Now.",
		// Quotes and brackets.
		"\"Stop.\"| He stopped.", "\"Why?\" he asked.| \"Because!\"| She left.", "He said “Go.”| Then he went.", "(It was late.)| We slept.",
		"He left (as usual). |She stayed.", "It ended ('twas said).| All wept.", "The “Times.”| ‘Really?’| «Oui.»| Non.",
		// Ellipses, names with marks, addresses.
		"Well...| Then he left.", "Well... then he left.", "And so…| The end.", "And so… it went.", "Yahoo! was founded.| It grew.",
		"Visit example.org today.| Write to a.b@c.de.", "Use the .NET Framework.", "Node.js is fast.",
		// Other scripts.
		"今日は晴れ。|明日は雨。", "「行く。」と言った。|彼は去った。", "真的吗？|真的！|好。", "他说：“走。”|我走了。", "¿Qué?| ¡Nada!| Adiós.",
		"यह है।| वह है।", "هل؟| نعم.", "Er kam z.B. Montag.| Dann ging er.", "C'est fini.| À demain.", "Все.| Конец.",
		// A vitamin is not an initial.
		"It has vitamin C.| The rest is water.",
		"It is so.\u00a0|Or not.",
	} {
		var wants []string
		for part := range strings.SplitSeq(want, "|") {
			if part = strings.TrimSpace(part); part != "" {
				wants = append(wants, part)
			}
		}
		text := strings.ReplaceAll(want, "|", "")
		if got := slices.Collect(Sentences(text)); !slices.Equal(got, wants) {
			t.Errorf("%q:\n got %q\nwant %q", text, got, wants)
		}
	}
}

// FuzzSentences: nothing but white space is lost, nothing is made up, no sentence is empty.
func FuzzSentences(f *testing.F) {
	for _, seed := range []string{"One. Two.", "Dr. Who? \"Yes.\" No…", "。」と", "\xFF. \xE2", "a.\u00a0B", "1. A"} {
		f.Add(seed)
	}
	squeeze := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var all strings.Builder
		for s := range Sentences(text) {
			if s == "" || strings.TrimSpace(s) != s {
				t.Errorf("got sentence %q", s)
			}
			all.WriteString(s)
		}
		if squeeze(all.String()) != squeeze(text) {
			t.Errorf("got %q of %q", all.String(), text)
		}
	})
}

// wikipedia returns the paragraphs of real text, and how many sentences each has.
func wikipedia(tb testing.TB) (documents [][]string) {
	file, err := os.Open(testkit.Data(tb, "corpus", "wikipedia.txt"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	documents = [][]string{nil}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		last := len(documents) - 1
		if line := strings.TrimSpace(lines.Text()); line != "" {
			documents[last] = append(documents[last], line)
		} else {
			documents = append(documents, nil)
		}
	}
	return documents
}

// ends returns where sentences end in a text without white space.
func ends(sentences []string) map[int]bool {
	at, ends := 0, map[int]bool{}
	for _, s := range sentences {
		at += len(strings.Join(strings.Fields(s), ""))
		ends[at] = true
	}
	return ends
}

// TestSentencesOfWikipedia joins the sentences of real articles and splits them again. The lines of that
// file were cut by a program, too, so neither figure can be 1.
func TestSentencesOfWikipedia(t *testing.T) {
	var both, ours, theirs int
	for _, doc := range wikipedia(t) {
		got, want := ends(slices.Collect(Sentences(strings.Join(doc, " ")))), ends(doc)
		ours, theirs = ours+len(got), theirs+len(want)
		for at := range got {
			if want[at] {
				both++
			}
		}
	}
	precision, recall := float64(both)/float64(ours), float64(both)/float64(theirs)
	t.Logf("precision %.4f, recall %.4f", precision, recall)
	if precision < 0.985 || recall < 0.985 {
		t.Errorf("precision %.4f, recall %.4f, want 0.985 of both", precision, recall)
	}
}

func BenchmarkSentences(b *testing.B) {
	var text strings.Builder
	for _, doc := range wikipedia(b) {
		text.WriteString(strings.Join(doc, " ") + "\n")
		if text.Len() > 4<<20 {
			break
		}
	}
	b.SetBytes(int64(text.Len()))
	n := 0
	for b.Loop() {
		for s := range Sentences(text.String()) {
			n += len(s)
		}
	}
	_ = fmt.Sprint(n)
}
