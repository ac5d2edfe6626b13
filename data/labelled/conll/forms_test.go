package conll

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/labelled"
)

// TestFormsEqualReference reads a small file in each form that sentences with tags come in, without any option.
func TestFormsEqualReference(t *testing.T) {
	type sentence struct{ Words, Tags []string }
	var golden struct{ Forms map[string][]sentence }
	raw, err := os.ReadFile(filepath.Join("testdata", "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &golden); err != nil {
		t.Fatal(err)
	}
	for name, want := range golden.Forms {
		t.Run(name, func(t *testing.T) {
			open := func(o Options) (*Reader, error) {
				s, err := labelled.OpenSource(filepath.Join("testdata", "forms", name))
				if err != nil {
					t.Fatal(err)
				}
				return Read(s, o)
			}
			r, err := open(Options{})
			if err != nil {
				t.Fatal(err)
			}
			all, err := labelled.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			var got []sentence
			for _, e := range all {
				got = append(got, sentence{e.Words, e.Tags})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if len(r.Notes()) == 0 {
				t.Error("nothing says which columns were read")
			}

			// For prediction the same words, whatever the tags are.
			r, err = open(Options{NoTags: true})
			if err != nil {
				t.Fatal(err)
			}
			plain, err := labelled.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range plain {
				if diff := cmp.Diff(want[i].Words, e.Words); diff != "" || e.Labelled {
					t.Errorf("without tags: %s", diff)
				}
			}
		})
	}
}

// TestLayout says which columns are taken, or which flag is asked for.
func TestLayout(t *testing.T) {
	for _, test := range []struct {
		name    string
		options Options
		content string
		want    string
	}{
		{"two columns", Options{}, "a O\nb B-X\n", "column 1 of 2 read as the words, column 2 as their tags"},
		{"chunks and entities", Options{}, "a DT B-NP O\nb NN I-NP B-X\nc NN B-VP O\n", "column 1 of 4 read as the words, column 4 as their tags; column 3 holds tags, too (tags-column 3 reads them)"},
		{"nested entities", Options{}, "a B-X O\nb I-X B-Y\nc O B-X\n", "line 1: columns 2 and 3 both hold tags of X, cannot tell which are meant (hint: tags-column 2 or tags-column 3)"},
		{"nested entities, one asked for", Options{Tag: 2}, "a B-X O\nb I-X B-Y\nc O B-X\n", "column 1 of 3 read as the words, column 2 as their tags"},
		{"nothing tells", Options{}, "a the DT x\nb cat NN y\n", `cannot tell which of the 4 columns holds the tags; the line is "a the DT x" (hint: tags-column N, counted from 1, and words-column N)`},
		{"labels without prefixes", Options{}, "a NN PER\nb VB O\nc NN O\nd NN LOC\n", "column 1 of 3 read as the words, column 3 as their tags"},
		{"one numbered line", Options{}, "1 CD B-X\n", `cannot tell whether column 1 of "1 CD B-X" numbers the words or holds them`},
		{"one numbered line, told", Options{Word: 1}, "1 CD B-X\n", "column 1 of 3 read as the words, column 3 as their tags"},
		{"numbers", Options{}, "0 a O\n1 b B-X\n", "column 2 of 3 read as the words, column 3 as their tags; column 1 numbers the words"},
		{"numbers, no tags", Options{NoTags: true}, "0 a\n1 b\n", "column 2 read as the words; column 1 numbers the words"},
		{"numbers that are words", Options{}, "1 O\n2 B-X\n", "column 1 of 2 read as the words, column 2 as their tags"},
		{"places of characters", Options{}, "0 5 Greta B-PER\n6 10 went O\n", "column 3 of 4 read as the words, column 4 as their tags; column 1 numbers the words"},
		{"a document's name", Options{}, "d1 a O\nd1 b B-X\nd1 c O\n", "column 2 of 3 read as the words, column 3 as their tags"},
		{"comments with a hash and a tab", Options{}, "#\thttp://x\n1\ta\tO\tO\n2\tb\tB-X\tO\n", "as in GermEval, column 4 holds the entities inside of others"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := labelled.NewSource("a.conll", strings.NewReader(test.content))
			if err != nil {
				t.Fatal(err)
			}
			r, err := Read(s, test.options)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = fmt.Sprint(r.Notes())
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
