package conll

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
	"gobert/internal/testkit"
)

func readAll(content string, o Options) (all []labelled.Example, faults []string) {
	s, err := labelled.NewSource("a.conll", strings.NewReader(content))
	if err != nil {
		return nil, []string{err.Error()}
	}
	r, err := Read(s, o)
	if err != nil {
		return nil, []string{err.Error()}
	}
	var skipped labelled.Skipped
	all, err = labelled.ReadAll(labelled.Skipping(r, &skipped))
	faults = testkit.Texts(append([]error{err}, skipped.Reasons...)...)
	return all, faults
}

func short(all []labelled.Example) []string {
	var out []string
	for _, e := range all {
		s := fmt.Sprintf("%d:", e.Origin.Line)
		for i, w := range e.Words {
			s += " " + w
			if e.Labelled {
				s += "/" + e.Tags[i]
			}
		}
		out = append(out, s)
	}
	return out
}

func TestReader(t *testing.T) {
	for _, test := range []struct {
		name    string
		options Options
		content string
		want    []string
	}{
		{"tabs", Options{}, "Ann\tB-PER\nran\tO\n\nBob\tB-PER\n", []string{"1: Ann/B-PER ran/O", "4: Bob/B-PER"}},
		{"blanks, no end of line", Options{}, "Ann B-PER\nran O", []string{"1: Ann/B-PER ran/O"}},
		{"conll 2003", Options{}, "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n\n\n-DOCSTART- -X- -X- O\n\nPeter NNP B-NP B-PER\n", []string{"3: EU/B-ORG rejects/O", "10: Peter/B-PER"}},
		{"another label column", Options{Tag: 2}, "EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n", []string{"1: EU/NNP rejects/VBZ"}},
		{"words in another column", Options{Word: 2, Tag: 1}, "O the\nB-X cat\n", []string{"1: the/O cat/B-X"}},
		{"numbered words", Options{Tag: 3}, "# source\n1\tAnn\tB-PER\tO\n2\tran\tO\tO\n\n# other\n1\tBob\tB-PER\tO\n", []string{"2: Ann/B-PER ran/O", "6: Bob/B-PER"}},
		{"conll-u", Options{Tag: 3}, "# text = don't\n1-2\tdon't\t_\t_\n1\tdo\tAUX\t_\n2\tn't\tPART\t_\n2.1\tgo\tVERB\t_\n", []string{"3: do/AUX n't/PART"}},
		{"a hash as a word", Options{}, "# O\nof O\n", []string{"1: #/O of/O"}},
		{"tab alone parts sentences", Options{}, "a\tO\n\t\nb\tO\n", []string{"1: a/O", "3: b/O"}},
		{"a blank inside a word", Options{}, "New York\tB-LOC\n", []string{"1: New York/B-LOC"}},
		{"a bar", Options{Separator: "|"}, "a|O\nb|B-X\n", []string{"1: a/O b/B-X"}},
		{"windows", Options{}, "a O\r\nb O\r\n\r\nc O\r\n", []string{"1: a/O b/O", "4: c/O"}},
		{"without tags", Options{NoTags: true}, "a\nb\n\nc\n", []string{"1: a b", "4: c"}},
		{"byte order mark", Options{}, "\ufeffa O\n", []string{"1: a/O"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, faults := readAll(test.content, test.options)
			if diff := cmp.Diff(test.want, short(all)); diff != "" || len(faults) > 0 {
				t.Errorf("%v %s", faults, diff)
			}
		})
	}
}

func TestReaderFaults(t *testing.T) {
	for _, test := range []struct {
		name    string
		options Options
		content string
		want    string
		kept    int
	}{
		{"a line of one column", Options{}, "a O\nb\nc O\n\nd O\n", "a.conll: line 2: the line has 1 columns, expected 2 as most lines have (hint: ", 1},
		{"a line of more columns", Options{}, "a O\nb c O\n\nd O\n", "a.conll: line 2: the line has 3 columns, expected 2 as most lines have (hint: ", 1},
		{"words alone", Options{}, "a\nb\n", "expected a word and its tag (hint: name the separator", 0},
		{"column beyond", Options{Tag: 5}, "a O\n", "the line has 2 columns, but column 5 was asked for", 0},
		{"empty tag", Options{}, "a\tO\nb\t\n\nd\tO\n", `a.conll: line 2: the tag of "b" is empty`, 1},
		{"latin-1", Options{}, "a O\nb\xe9 O\n\nc O\n", "a.conll: line 2: not UTF-8 (byte 0xe9 at column 2", 1},
		{"empty", Options{}, "", "it is empty", 0},
		{"binary", Options{}, "a\x00b O\n", "it is binary", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, faults := readAll(test.content, test.options)
			if len(faults) == 0 || !strings.Contains(faults[0], test.want) {
				t.Errorf("got %q, want %q", faults, test.want)
			}
			if len(all) != test.kept {
				t.Errorf("%d sentences kept, want %d", len(all), test.kept)
			}
		})
	}
}

func TestDocuments(t *testing.T) {
	all, _ := readAll("a O\n\n-DOCSTART- O\n\nb O\n\nc O\n-DOCSTART- O\n\nd O\n", Options{})
	var got []string
	for _, e := range all {
		got = append(got, e.Words[0]+e.ID)
	}
	if diff := cmp.Diff([]string{"a", "b1", "c1", "d2"}, got); diff != "" {
		t.Error(diff)
	}
}

// entitiesOf is one sentence in every scheme: a person of two words, one of one word right behind it, a place.
func entitiesOf() map[Scheme][]string {
	return map[Scheme][]string{
		IOB1:  {"I-PER", "I-PER", "B-PER", "O", "I-LOC", "I-LOC", "I-LOC"},
		IOB2:  {"B-PER", "I-PER", "B-PER", "O", "B-LOC", "I-LOC", "I-LOC"},
		BIOS:  {"B-PER", "I-PER", "S-PER", "O", "B-LOC", "I-LOC", "I-LOC"},
		IOBES: {"B-PER", "E-PER", "S-PER", "O", "B-LOC", "I-LOC", "E-LOC"},
	}
}

func TestSchemes(t *testing.T) {
	want := []Chunk{{"PER", 0, 2}, {"PER", 2, 3}, {"LOC", 4, 7}}
	for from, tags := range entitiesOf() {
		if got := Detect([][]string{tags}); got != from {
			t.Errorf("%v is taken as %s, want %s", tags, got, from)
		}
		if diff := cmp.Diff(want, Chunks(taken(tags), Tag{Prefix: "O"})); diff != "" {
			t.Errorf("%s: %s", from, diff)
		}
		if bad := Invalid(tags, from); bad != nil {
			t.Errorf("%s: valid tags are said to be invalid at %v", from, bad)
		}
		for to, expected := range entitiesOf() {
			got, err := Convert(tags, from, to)
			if diff := cmp.Diff(expected, got); diff != "" || err != nil {
				t.Errorf("%s to %s: %v %s", from, to, err, diff)
			}
		}
	}
	got, _ := Convert(entitiesOf()[IOB2], IOB2, IO)
	if diff := cmp.Diff([]string{"I-PER", "I-PER", "I-PER", "O", "I-LOC", "I-LOC", "I-LOC"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDetectOthers(t *testing.T) {
	for want, tags := range map[Scheme][]string{
		Plain: {"NN", "VBZ", "O", "DT"},
		IO:    {"O", "I-PER", "I-PER"},
		IOBES: {"B-X", "L-X", "O", "U-X"},
	} {
		if got := Detect([][]string{tags}); got != want {
			t.Errorf("%v is taken as %s, want %s", tags, got, want)
		}
	}
	if got := Detect(nil); got != Plain {
		t.Errorf("no tags are %s", got)
	}
}

func TestInvalid(t *testing.T) {
	for _, test := range []struct {
		scheme Scheme
		tags   string
		want   []int
	}{
		{IOB2, "I-PER O", []int{0}},
		{IOB2, "B-PER I-LOC I-LOC", []int{1}},
		{IOB2, "O I-PER B-PER I-PER", []int{1}},
		{IOB2, "B-PER S-PER", []int{1}},
		{IOB1, "B-PER O", []int{0}},
		{IOB1, "I-PER B-PER I-LOC", nil},
		{BIOS, "S-PER I-PER", []int{1}},
		{IOBES, "B-PER O", []int{1}},
		{IOBES, "B-PER I-PER", []int{2}},
		{IOBES, "E-PER", []int{0}},
		{IOBES, "B-PER E-PER S-LOC", nil},
		{Plain, "NN I-X", nil},
	} {
		if diff := cmp.Diff(test.want, Invalid(strings.Fields(test.tags), test.scheme)); diff != "" {
			t.Errorf("%s in %s: %s", test.tags, test.scheme, diff)
		}
	}
	bad := Transitions([]labelled.Example{{Origin: labelled.Origin{File: "f", Line: 9}, Words: []string{"a", "b"}, Tags: []string{"O", "I-X"}}}, IOB2)
	if len(bad) != 1 || bad[0].String() != "f: line 9: word 2: I-X may not follow O" {
		t.Errorf("got %v", bad)
	}
	if _, err := Convert([]string{"NN"}, Plain, IOB2); err == nil {
		t.Error("parts of speech became entities")
	}
	if _, err := Convert([]string{"O"}, IOB2, "xyz"); err == nil {
		t.Error("an unknown scheme is known")
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a\tO\nb\tB-X\n\n", "-DOCSTART- O\n\na b c\n", "# x\n1 a O", "\xff\xfea\x00", "a", "\t\n", "\n\n\n"} {
		f.Add(s, 0, 0, "", false)
		f.Add(s, -1, 2, "|", true)
	}
	forms, err := filepath.Glob(filepath.Join("testdata", "forms", "*"))
	if err != nil || len(forms) == 0 {
		f.Fatal("there are no forms", err)
	}
	for _, form := range forms {
		content, err := os.ReadFile(form)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content), 0, 0, "", false)
	}
	f.Fuzz(func(t *testing.T, content string, word, tag int, separator string, noTags bool) {
		options := Options{Word: word % 20, Tag: tag % 20, Separator: separator, NoTags: noTags}
		all, faults := readAll(content, options)
		var tags [][]string
		for _, e := range all {
			if e.Labelled == noTags || e.Labelled && len(e.Words) != len(e.Tags) || len(e.Words) == 0 {
				t.Fatalf("%d words with %d tags", len(e.Words), len(e.Tags))
			}
			tags = append(tags, e.Tags)
		}
		if len(faults) == 0 && !noTags {
			// The words are the same when nobody asks for tags.
			options.NoTags = true
			if options.Tag == 0 && options.Word == 0 {
				if plain, faults := readAll(content, options); len(faults) == 0 && len(plain) != len(all) {
					t.Fatalf("%d sentences with tags, %d without", len(all), len(plain))
				}
			}
		}
		s := Detect(tags)
		for _, sentence := range tags {
			Chunks(taken(sentence), Tag{Prefix: "O"})
			Invalid(sentence, s)
			if out, err := Convert(sentence, s, IOBES); err == nil && len(out) != len(sentence) {
				t.Fatal("conversion changed the number of tags")
			}
		}
	})
}
