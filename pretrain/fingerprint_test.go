package pretrain

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gobert/data/corpus"
	"gobert/data/pretraining/texts"
	"gobert/internal/disk"
	"gobert/train"
)

// edit changes two bytes of a file in place, in its middle, and puts the time of its modification back.
func edit(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := len(text) / 4 * 2 // a whole token: the one before it
	if text[at] == text[at-2] {
		text[at-2] ^= 1
	}
	if _, err := f.WriteAt(text[at-2:at], int64(at)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
}

// foreign is a corpus without a manifest, as others make it.
func foreign(t *testing.T, data string) string {
	t.Helper()
	other := filepath.Join(t.TempDir(), "foreign")
	if err := os.CopyFS(other, os.DirFS(filepath.Join(data, corpus.TrainName))); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(other, corpus.TokenizerName), os.DirFS(filepath.Join(data, corpus.TokenizerName))); err != nil {
		t.Fatal(err)
	}
	return other
}

func TestResumingOnAnotherCorpusIsRefused(t *testing.T) {
	bin := func(data string) string { return filepath.Join(data, corpus.TrainName, "shard-00000.bin") }
	for name, x := range map[string]struct {
		others bool // the corpus has no manifest
		change func(t *testing.T, data string) (now string)
		want   string // "": it is the same
		args   []string
	}{
		"as it was":       {change: func(_ *testing.T, data string) string { return data }},
		"edited in place": {change: func(t *testing.T, data string) string { edit(t, bin(data)); return data }, want: "was changed since the corpus was made: it has"},
		"edited, the held-out part": {change: func(t *testing.T, data string) string {
			edit(t, filepath.Join(data, corpus.HeldOutName, "shard-00000.bin"))
			return data
		}, want: "heldout/shard-00000.bin was changed since the corpus was made"},
		"a corpus of others, as it was": {others: true, change: func(_ *testing.T, data string) string { return data }},
		"a corpus of others, edited":    {others: true, change: func(t *testing.T, data string) string { edit(t, filepath.Join(data, "shard-00000.bin")); return data }, want: "--data is another corpus than before: foreign/shard-00000.bin has"},
		"the same, and meant":           {others: true, change: func(t *testing.T, data string) string { edit(t, filepath.Join(data, "shard-00000.bin")); return data }, args: []string{"--allow-change", "corpus"}},
		"moved":                         {change: func(t *testing.T, data string) string { return renamed(t, data) }},
		"copied":                        {change: func(t *testing.T, data string) string { return copied(t, data) }},
		"the held-out part is gone": {change: func(t *testing.T, data string) string {
			removeAll(t, filepath.Join(data, corpus.HeldOutName))
			return data
		}, want: "heldout is gone, in which"},
		"another text of the same size":   {change: func(t *testing.T, data string) string { edit(t, bin(data)); return foreign(t, data) }, want: "--data is another corpus than before"},
		"a file that does not belong":     {change: func(t *testing.T, data string) string { return extraShard(t, data) }, want: "is no file of the corpus that 'pretrain data' made"},
		"another share is held out of it": {others: true, change: func(_ *testing.T, data string) string { return data }, args: []string{"--heldout-share", "0.4", "--allow-change", "heldout-share"}, want: "--data is another corpus than before: it had 33 documents"},
	} {
		t.Run(name, func(t *testing.T) {
			data, out := newCorpus(t, 40), filepath.Join(t.TempDir(), "run")
			if x.others {
				data = foreign(t, data)
			}
			if _, err := Train(t.Context(), config(t, data, out, "--steps", "2"), quiet()); err != nil {
				t.Fatal(err)
			}
			now := x.change(t, data)
			c := config(t, now, out, append([]string{"--steps", "2", "--resume", "auto"}, x.args...)...)
			_, err := Train(t.Context(), c, quiet())
			switch {
			case x.want == "" && err != nil:
				t.Error(err)
			case x.want != "" && (errors.Is(err, train.ErrUsage) != strings.Contains(err.Error(), "model was") || !says(err, x.want) || !strings.Contains(err.Error(), "(hint: ")):
				t.Errorf("got %v, expected %q", err, x.want)
			}
		})
	}
}

func renamed(t *testing.T, data string) string {
	t.Helper()
	if err := os.Rename(data, data+"2"); err != nil {
		t.Fatal(err)
	}
	return data + "2"
}

func copied(t *testing.T, data string) string {
	t.Helper()
	if err := os.CopyFS(data+"2", os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	removeAll(t, data)
	return data + "2"
}

func removeAll(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// extraShard copies the held-out shard into the part to train on.
func extraShard(t *testing.T, data string) string {
	t.Helper()
	for _, extension := range []string{".bin", ".idx"} {
		text, err := os.ReadFile(filepath.Join(data, corpus.HeldOutName, "shard-00000"+extension))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, corpus.TrainName, "more"+extension), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// TestAnEditedCorpusIsRefusedAtOnce: a run does not begin on a corpus that is not what its manifest says.
func TestAnEditedCorpusIsRefusedAtOnce(t *testing.T) {
	data := newCorpus(t, 40)
	edit(t, filepath.Join(data, corpus.TrainName, "shard-00000.bin"))
	_, err := Train(t.Context(), config(t, data, filepath.Join(t.TempDir(), "run"), "--steps", "2"), quiet())
	if err == nil || !strings.Contains(err.Error(), "train/shard-00000.bin was changed since the corpus was made") {
		t.Errorf("got %v", err)
	}
}

// TestRunsOfBeforeGoOn: of runs that older programs began only the sizes are known, which is said; before that, checkpoints had their
// settings in "config", by other names, and what is trained on beside that.
func TestRunsOfBeforeGoOn(t *testing.T) {
	data, out := newCorpus(t, 40), filepath.Join(t.TempDir(), "run")
	if _, err := Train(t.Context(), config(t, data, out, "--steps", "2"), quiet()); err != nil {
		t.Fatal(err)
	}
	newest, state, err := train.ToResume(out, "auto", func(broken error) { t.Error(broken) })
	if err != nil {
		t.Fatal(err)
	}
	var is struct {
		Settings json.RawMessage
		Data     struct{ Corpus, Files json.RawMessage }
	}
	if err := json.Unmarshal(state.Extra, &is); err != nil || len(is.Data.Files) == 0 {
		t.Fatalf("the checkpoint keeps %s, %v", state.Extra, err)
	}
	told := strings.NewReplacer(`"seq_length":`, `"length":`, `"early_stop":`, `"patience":`, `"warmup":0.01`, `"warmup_steps":0,"warmup_share":0.01`).Replace(string(is.Settings))
	for name, x := range map[string]struct {
		files  json.RawMessage
		warned int
	}{"with the files' sums": {is.Data.Files, 0}, "without them": {nil, 1}} {
		was := map[string]json.RawMessage{"config": []byte(told), "corpus": is.Data.Corpus, "files": x.files}
		state.Format = 0 // as before states had a checksum
		if state.Extra, err = json.Marshal(was); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(newest, train.StateFile), text, 0o644); err != nil {
			t.Fatal(err)
		}
		var talk bytes.Buffer
		if _, err := Train(t.Context(), config(t, data, out, "--steps", "2", "--resume", "auto"), heard(&talk)); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(talk.String(), "an older program began this run"); n != x.warned || !strings.Contains(talk.String(), "complete already") {
			t.Errorf("%s: warned %d times:\n%s", name, n, &talk)
		}
		if _, err := Train(t.Context(), config(t, data, out, "--steps", "2", "--resume", "auto", "--seq-length", "20"), quiet()); err == nil || !says(err, "seq-length was 24, now it is 20") {
			t.Errorf("%s: other settings: %v", name, err)
		}
	}
}

// TestACorpusIsReadOnce: neither a new run on a corpus that nobody touched nor a resumed one reads it for its sums.
func TestACorpusIsReadOnce(t *testing.T) {
	data := newCorpus(t, 40)
	time.Sleep(150 * time.Millisecond)                                                                    // the times of files that were just written are not trusted
	if err := os.Chtimes(filepath.Join(data, corpus.ManifestName), time.Time{}, time.Now()); err != nil { // as after a longer build
		t.Fatal(err)
	}
	known, err := knownOf(data)
	if err != nil {
		t.Fatal(err)
	}
	text, err := texts.Open(texts.Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	if len(text.TrainFiles) != 2 || len(text.HeldoutFiles) != 2 {
		t.Fatalf("files %v, %v", text.TrainFiles, text.HeldoutFiles)
	}
	read := int64(0)
	files, err := disk.SumAll(t.Context(), text.TrainFiles, nil, known, func(n, _ int64) { read = n })
	if err != nil || read > 0 {
		t.Errorf("a new run reads %d bytes, %v", read, err)
	}
	if _, err := disk.SumAll(t.Context(), text.TrainFiles, files, nil, func(n, _ int64) { read = n }); err != nil || read > 0 {
		t.Errorf("a resumed run reads %d bytes, %v", read, err)
	}
}
