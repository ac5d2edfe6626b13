package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/features"
	"gobert/data/labelled/squad"
	"gobert/data/wordpiece"
	"gobert/internal/testkit"
)

// TestRealCounts reads every labelled file there is and counts its examples.
func TestRealCounts(t *testing.T) {
	for _, test := range []struct {
		task, path       string
		train, dev, test int
		labels           string
		duplicates       int
	}{
		{"sst2", "glue", 67349, 872, 1821, "negative, positive", 0},
		{"cola", "glue/CoLA", 8551, 1043, 1063, "unacceptable, acceptable", 16},
		{"mrpc", "glue", 3667, 408, 1725, "not_equivalent, equivalent", 0},
		{"rte", "glue", 2490, 277, 3000, "entailment, not_entailment", 0},
		{"sts-b", "glue", 5749, 1500, 1379, "LABEL_0", 6},
		{"wnli", "glue/WNLI", 635, 71, 146, "not_entailment, entailment", 0},
		{"qnli", "glue", 0, 5463, 5463, "entailment, not_entailment", 0},
		{"classify", "chinese/ChnSentiCorp", 9600, 1200, 1200, "negative, positive", 338},
		{"classify", "glue/STS-B", 5749, 1500, 1379, "LABEL_0", 6},
		{"tag", "wnut17", 3394, 1009, 1287, "B-corporation, B-creative-work, B-group, B-location, B-person, B-product, I-corporation, I-creative-work, I-group, I-location, I-person, I-product, O", 0},
		{"tag", "chinese/ner/resume", 3821, 463, 477, "O, B-CONT, B-EDU, B-LOC, B-NAME, B-ORG, B-PRO, B-RACE, B-TITLE, I-CONT, I-EDU, I-LOC, I-NAME, I-ORG, I-PRO, I-RACE, I-TITLE, S-NAME, S-ORG, S-RACE", 1},
		{"tag", "hf_tests_samples/GermEval", 11, 11, 0, "", 0},
		{"squad", "squad_v1.1", 11877, 4961, 0, "", 0},
		{"squad", "squad_v2.0/dev.json", 0, 6078, 0, "", 0},
		{"choice", "codah/cv_split/fold_0", 1665, 556, 555, "0, 1, 2, 3", 0},
		{"swag", "hf_tests_samples/swag", 9, 1, 0, "0, 1, 2, 3", 0},
		{"tag", "hf_tests_samples/conll", 9, 1, 0, "", 0},
		{"mrpc", "hf_tests_samples/MRPC/train.tsv", 5, 1, 0, "", 0},
		{"classify", "hf_tests_samples/MRPC/train.csv", 5, 1, 0, "equivalent, not_equivalent", 0},
	} {
		t.Run(test.task+" "+test.path, func(t *testing.T) {
			d, err := Open(Source{Task: test.task, Data: []string{testkit.Data(t, test.path)}})
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for _, p := range d.parts() {
				counts[p.Name] = len(p.Examples)
			}
			if counts["train"] != test.train || counts["dev"] != test.dev || counts["test"] != test.test {
				t.Errorf("counts are %v, want %d, %d, %d", counts, test.train, test.dev, test.test)
			}
			if test.labels != "" && strings.Join(d.Labels.Names, ", ") != test.labels {
				t.Errorf("labels are %v, want %s", d.Labels.Names, test.labels)
			}
			if len(d.Duplicates) != test.duplicates {
				t.Errorf("%d duplicates, want %d", len(d.Duplicates), test.duplicates)
			}
			checkAnswers(t, d)
		})
	}
}

// checkAnswers compares every answer with its place, in characters and in bytes.
func checkAnswers(t *testing.T, d *Dataset) {
	for _, p := range d.parts() {
		impossible := 0
		for _, e := range p.Examples {
			if e.Impossible {
				impossible++
			}
			for _, a := range e.Answers {
				runes := []rune(e.Pair)
				if string(runes[a.Start:a.Start+len([]rune(a.Text))]) != a.Text || !strings.HasPrefix(e.Pair[a.Byte:], a.Text) {
					t.Errorf("%s: the answer %q is not at character %d, byte %d", e.Origin, a.Text, a.Start, a.Byte)
				}
			}
		}
		if strings.Contains(p.Path, "squad_v2.0") && (impossible != 3168 || !d.V2) {
			t.Errorf("%d questions without an answer, want 3168; version 2: %v", impossible, d.V2)
		}
	}
}

func TestMRPCOriginalFile(t *testing.T) {
	d, err := Open(Source{Task: "mrpc", Test: testkit.Data(t, "glue/MRPC/msr_paraphrase_test.txt")})
	if err != nil {
		t.Fatal(err)
	}
	positive := 0
	for _, e := range d.Test[0].Examples {
		if e.Label() == "equivalent" {
			positive++
		}
	}
	if n := len(d.Test[0].Examples); n != 1725 || positive != 1147 {
		t.Errorf("%d rows, %d equivalent; want 1725, 1147", n, positive)
	}
}

// digest hashes values as real.py does.
func digest(values []int32) string {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, values)
	return hex.EncodeToString(h.Sum(nil))
}

type hashes struct {
	Features                int
	IDs, Types, First, Last string
	Answers, Odds           string
	Once                    string `json:"tags_false"`
	Every                   string `json:"tags_true"`
}

// answers post-processes the logits that real.py makes, and hashes the files.
func answers(t *testing.T, path string, b *features.Batch) (predictions, odds string) {
	d, err := Open(Source{Task: "squad", Data: []string{testkit.Data(t, path)}, DevShare: -1})
	if err != nil {
		t.Fatal(err)
	}
	logits := func(f, n, a, b, c int) []float32 {
		out := make([]float32, n)
		for k := range out {
			out[k] = float32((k*a+f*b+c)%1009)/64 - 8
		}
		return out
	}
	var all []squad.Named
	f := 0
	for i, e := range d.parts()[0].Examples {
		var windows []squad.Window
		for ; f < b.Len() && int(b.Examples[f]) == i; f++ {
			n := b.Length(f)
			windows = append(windows, squad.Window{
				First: logits(f, n, 371, 97, 0), Last: logits(f, n, 523, 61, 17),
				Starts: b.Starts[b.Offsets[f]:b.Offsets[f+1]], Ends: b.Ends[b.Offsets[f]:b.Offsets[f+1]],
			})
		}
		all = append(all, squad.Named{ID: e.ID, Prediction: squad.Predict(e.Pair, windows, squad.Settings{V2: d.V2})})
	}
	sum := func(write func(io.Writer, []squad.Named) error) string {
		h := sha256.New()
		if err := write(h, all); err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	if d.V2 {
		odds = sum(squad.WriteNullOdds)
	}
	return sum(squad.WritePredictions), odds
}

// TestRealFeaturesEqualReference compares the features of whole files by their hashes.
func TestRealFeaturesEqualReference(t *testing.T) {
	var g struct{ Squad, Texts, Tags, Choices map[string]hashes }
	raw, err := os.ReadFile("../testdata/golden/real.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Squad) != 3 || len(g.Texts) != 7 || len(g.Tags) != 2 || len(g.Choices) != 1 {
		t.Fatalf("the golden file is not whole: %+v", g)
	}
	encode := func(t *testing.T, path, vocab string, newEncoder func(features.Tokenizer, *Dataset) (features.Encoder, error)) *features.Batch {
		task := map[string]string{"glue": filepath.Base(filepath.Dir(path)), "squa": "squad", "wnut": "tag", "chin": "tag", "coda": "choice"}[path[:4]]
		d, err := Open(Source{Task: task, Data: []string{testkit.Data(t, path)}, DevShare: -1})
		if err != nil {
			t.Fatal(err)
		}
		tokenizer, err := wordpiece.Open(testkit.Data(t, "vocab", vocab))
		if err != nil {
			t.Fatal(err)
		}
		encoder, err := newEncoder(tokenizer, d)
		if err != nil {
			t.Fatal(err)
		}
		set, err := features.Encode(encoder, d.parts()[0].Examples, labelled.Stop, nil)
		if err != nil {
			t.Fatal(err)
		}
		return &set.All
	}
	const uncased = "bert-base-uncased"
	for path, want := range g.Squad {
		t.Run(path, func(t *testing.T) {
			b := encode(t, path, uncased, func(w features.Tokenizer, _ *Dataset) (features.Encoder, error) {
				return features.NewReader(w, features.Options{MaxLength: 384, Stride: 128, Offsets: true})
			})
			got := hashes{Features: b.Len(), IDs: digest(b.IDs), Types: digest(b.Types), First: digest(b.First), Last: digest(b.Last)}
			got.Answers, got.Odds = answers(t, path, b)
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	for path, want := range g.Texts {
		t.Run(path, func(t *testing.T) {
			b := encode(t, path, uncased, func(w features.Tokenizer, _ *Dataset) (features.Encoder, error) {
				return features.NewClassifier(w, nil, features.Options{MaxLength: 128})
			})
			if got := (hashes{Features: b.Len(), IDs: digest(b.IDs), Types: digest(b.Types)}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	for path, want := range g.Choices {
		t.Run(path, func(t *testing.T) {
			b := encode(t, path, uncased, func(w features.Tokenizer, _ *Dataset) (features.Encoder, error) {
				return features.NewChooser(w, features.Options{MaxLength: 32})
			})
			if got := (hashes{Features: b.Len(), IDs: digest(b.IDs), Types: digest(b.Types), First: digest(b.Classes)}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	for path, want := range g.Tags {
		t.Run(path, func(t *testing.T) {
			vocab := map[bool]string{true: "bert-base-chinese", false: "bert-base-cased"}[strings.HasPrefix(path, "chinese")]
			got := hashes{}
			for _, every := range []bool{false, true} {
				b := encode(t, path, vocab, func(w features.Tokenizer, d *Dataset) (features.Encoder, error) {
					sorted := labelled.FindLabels(d.Train.Examples, labelled.Single)
					return features.NewTagger(w, sorted, features.Options{MaxLength: 128, AllPieces: every})
				})
				got.Features, got.IDs = b.Len(), digest(b.IDs)
				if every {
					got.Every = digest(b.Tags)
				} else {
					got.Once = digest(b.Tags)
				}
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestRealSchemes(t *testing.T) {
	for path, want := range map[string]conll.Scheme{"wnut17": conll.IOB2, "chinese/ner/resume": conll.BIOS, "hf_tests_samples/conll": conll.IOB2} {
		d, err := Open(Source{Task: "tag", Data: []string{testkit.Data(t, path)}})
		if err != nil {
			t.Fatal(err)
		}
		if d.Scheme != want {
			t.Errorf("%s: scheme %s, want %s", path, d.Scheme, want)
		}
	}
}
