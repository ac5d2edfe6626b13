package corpus

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gobert/data/pretraining"
)

// many writes documents of so many sentences, all different.
func many(documents, sentences int) string {
	var text strings.Builder
	for i := range documents * sentences {
		fmt.Fprintf(&text, "the cat %ssat.\n", strings.Repeat("dog ", i%97))
		if i%sentences == sentences-1 {
			text.WriteString("\n")
		}
	}
	return text.String()
}

// TestSmallCorporaHoldOut: with the usual settings something is held out of every corpus that has enough for it, and the parts
// hold all of the text once.
func TestSmallCorporaHoldOut(t *testing.T) {
	for _, x := range []struct {
		documents, sentences int
		by                   string
	}{
		{1, 1, pretraining.HeldOutNothing},
		{1, 300, pretraining.HeldOutTails},
		{2, 12, pretraining.HeldOutTails},
		{3, 2, pretraining.HeldOutNothing},
		{5, 8, pretraining.HeldOutTails},
		{10, 3, pretraining.HeldOutDocuments},
		{40, 1, pretraining.HeldOutDocuments},
		{150, 2, pretraining.HeldOutDocuments},
		{2000, 1, pretraining.HeldOutDocuments},
	} {
		for _, shard := range []int64{NewBuildOptions().ShardSize, 100} {
			o := buildOptions(t, many(x.documents, x.sentences))
			o.HeldOut, o.ShardSize = NewBuildOptions().HeldOut, shard
			m := mustBuild(t, o)
			c, err := Open(o.Folder)
			if err != nil {
				t.Fatal(err)
			}
			texts := decoded(o.Tokenizer, c.Train)
			if c.HeldOut != nil {
				texts = append(texts, decoded(o.Tokenizer, c.HeldOut)...)
			}
			var found []string
			for _, document := range texts {
				found = append(found, document...)
			}
			slices.Sort(found)
			plain := o
			plain.HeldOut, plain.Folder = 0, filepath.Join(t.TempDir(), "all")
			mustBuild(t, plain)
			all, err := Open(plain.Folder)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, document := range decoded(o.Tokenizer, all.Train) {
				want = append(want, document...)
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("%d documents of %d: the parts hold another text:\n%s", x.documents, x.sentences, diff)
			}
			if m.HeldOutBy != x.by || (x.by == pretraining.HeldOutDocuments) != (m.HeldOut.Documents >= 2 && m.Train.Documents+m.HeldOut.Documents == m.Statistics.Documents) {
				t.Errorf("%d documents of %d: %s, %+v and %+v; expected %s", x.documents, x.sentences, m.HeldOutBy, m.Train, m.HeldOut, x.by)
			}
			c.Close()
			all.Close()
		}
	}
}

// TestAFailedBuildLeavesNothing: a text that cannot be read leaves no folder, so that the mended text can be given again.
func TestAFailedBuildLeavesNothing(t *testing.T) {
	o := buildOptions(t, "The cat sat.\n\nA dog\xFF ran.\n")
	o.Folder = filepath.Join(t.TempDir(), "new", "corpus")
	if _, err := Build(context.Background(), o); err == nil {
		t.Fatal("what is not UTF-8 was taken")
	}
	if _, err := os.Stat(filepath.Dir(o.Folder)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the failed build left its folder: %v", err)
	}
}

// TestHoldingOutGoesOn: a build that is stopped while it parts the text ends with the files of one that was not.
func TestHoldingOutGoesOn(t *testing.T) {
	o := buildOptions(t, many(1, 300))
	o.HeldOut = 0.01
	mustBuild(t, o)
	want := contents(t, o.Folder)
	again := o
	again.Folder = filepath.Join(t.TempDir(), "again")
	ctx, cancel := context.WithCancel(context.Background())
	again.Progress = func(Progress) { cancel() } // when the last block has been written
	if _, err := Build(ctx, again); !errors.Is(err, context.Canceled) {
		t.Fatalf("the build was to be stopped: %v", err)
	}
	again.Progress = nil
	mustBuild(t, again)
	if diff := cmp.Diff(want, contents(t, again.Folder)); diff != "" {
		t.Errorf("another corpus:\n%s", diff)
	}
	mustBuild(t, again)
	if diff := cmp.Diff(want, contents(t, again.Folder)); diff != "" {
		t.Errorf("building again changes it:\n%s", diff)
	}
}
