package pretrain

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"gobert/data/corpus"
	"gobert/data/pretraining/texts"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/ui"
)

// contents are the files that a run is trained and measured on.
type contents struct {
	Train   []disk.Summed `json:"train"`
	Heldout []disk.Summed `json:"heldout,omitempty"` // none where the part held out is one of train
}

// contents sums the files. Those that look as they did when the run was saved, or are older than the manifest that has their
// sums, are not read again. was is nil for a run that begins.
func (t *training) contents(ctx context.Context, was *contents) (*contents, error) {
	if was == nil {
		was = &contents{}
	}
	known, err := knownOf(t.config.Data)
	if err != nil {
		return nil, err
	}
	tell := t.reading()
	defer t.Talk.Live("")
	now := &contents{}
	if now.Train, err = disk.SumAll(ctx, t.texts.TrainFiles, was.Train, known, tell); err != nil {
		return nil, fault.New("{data}: %w", err)
	}
	if now.Heldout, err = disk.SumAll(ctx, t.texts.HeldoutFiles, was.Heldout, known, tell); err != nil {
		return nil, fault.New("{heldout}: %w", err)
	}
	return now, asMade(t.config.Data, slices.Concat(now.Train, now.Heldout), slices.Concat(t.texts.TrainFiles, t.texts.HeldoutFiles))
}

// knownOf gives the sums that 'pretrain data' wrote into the manifest, of files that nobody wrote to since.
func knownOf(data string) (func(path string, l disk.Look) *disk.Sum, error) {
	m, err := texts.ManifestOf(data)
	if err != nil || m == nil || len(m.Files) == 0 {
		return nil, err
	}
	made, _, err := disk.LookAt(filepath.Join(data, corpus.ManifestName))
	return func(path string, l disk.Look) *disk.Sum {
		s, ok := m.Files[inside(data, path)]
		if !ok || l.Modified >= made.Modified || l.Changed >= made.Changed || l.Device != made.Device {
			return nil // written to after the manifest was, or so close to it that the clock cannot tell
		}
		return &s
	}, err
}

// inside is a path as the manifest of a corpus has it.
func inside(data, path string) string {
	relative, err := filepath.Rel(data, path)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(relative)
}

// asMade refuses a corpus of ours that is not what its manifest says.
func asMade(data string, files []disk.Summed, paths []string) error {
	m, err := texts.ManifestOf(data)
	if err != nil || m == nil || len(m.Files) == 0 {
		return err
	}
	for i, f := range files {
		want, ok := m.Files[inside(data, paths[i])]
		if ok && want != f.Sum {
			return fault.New("{data}: %s was changed since the corpus was made: it has %d bytes with checksum %s, expected %d with %s", paths[i], f.Size, f.CRC32C, want.Size, want.CRC32C).
				Advise("copy it anew, or make the corpus again: pretrain data ... {overwrite}")
		}
	}
	return nil
}

// reading shows how far the reading of the corpus is, once it takes longer than a moment.
func (t *training) reading() func(read, total int64) {
	const moment, often = 2 * time.Second, time.Second
	var mu sync.Mutex
	began, shown := time.Now(), time.Now()
	return func(read, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if t.Talk.Quiet || time.Since(began) < moment || time.Since(shown) < often {
			return
		}
		shown = time.Now()
		line := fmt.Sprintf("reading the corpus once, to know it again: %s of %s", ui.Bytes(read), ui.Bytes(total))
		if t.Talk.Screen != nil && t.Talk.Screen.IsLive() {
			t.Talk.Live(line)
		} else if shown.Sub(began) < moment+2*often {
			t.Talk.Log.Info(line)
		}
	}
}

// sameText names what differs between the text of a checkpoint and that of the run that goes on.
func sameText(was, is kept) error {
	var faults []error
	differs := func(format string, args ...any) {
		faults = append(faults, fault.New(format, args...).Advise("{allow-change} corpus, if you mean it"))
	}
	if was.Corpus.Tokenizer != is.Corpus.Tokenizer {
		differs("{tokenizer} is another one than before")
	}
	if f := was.Files; f != nil && is.Files != nil {
		if err := disk.Compare(f.Train, is.Files.Train); err != nil {
			differs("{data} is another corpus than before: %w", err)
		}
		if err := disk.Compare(f.Heldout, is.Files.Heldout); err != nil {
			differs("{heldout} is another text than before: %w", err)
		}
	}
	a, b := was.Corpus, is.Corpus
	a.Tokenizer, b.Tokenizer, a.Heldout, b.Heldout = "", "", 0, 0
	switch {
	case len(faults) > 0:
	case a != b:
		differs("{data} is another corpus than before: it had %s, now it has %s", was.Corpus, is.Corpus)
	case was.Corpus.Heldout != is.Corpus.Heldout:
		differs("%d sentences were held out, now %d are", was.Corpus.Heldout, is.Corpus.Heldout)
	}
	return errors.Join(faults...)
}

// sumsOf is the text that a run is trained on, for ranks to compare: whatever names its files have.
func sumsOf(k kept) string {
	hash := fnv.New64a()
	for _, f := range slices.Concat(k.Files.Train, k.Files.Heldout) {
		fmt.Fprintln(hash, f.Size, f.CRC32C)
	}
	return fmt.Sprintf("%016x (%v)", hash.Sum64(), k.Corpus)
}
