package finetune

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gobert/data/labelled"
	"gobert/data/labelled/conll"
	"gobert/data/labelled/dataset"
	"gobert/heads"
	"gobert/pipeline"
	"gobert/task"
)

// ask runs the reference over texts; it needs GOBERT_PYTHON.
func ask(t *testing.T, texts, into any, args ...string) {
	t.Helper()
	python := os.Getenv("GOBERT_PYTHON")
	if python == "" {
		t.Skip("GOBERT_PYTHON names no Python with transformers")
	}
	input, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, append([]string{filepath.Join("testdata", "reference.py")}, args...)...)
	cmd.Stdin = bytes.NewReader(input)
	cmd.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "TRANSFORMERS_VERBOSITY=error")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// predictAll predicts for examples in memory.
func predictAll(t *testing.T, m *task.Model, examples []labelled.Example, o task.Decoding) (list []*task.Prediction) {
	t.Helper()
	p := pipeline.Of(m, pipeline.Options{MaxLength: 32})
	_, err := p.Score(t.Context(), 0, labelled.Given(examples), func(s *task.Scored) error {
		list = append(list, m.Predict(s, o))
		return s.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// trained trains a tiny model and opens it.
func trained(t *testing.T, change func(j *Job)) *task.Model {
	t.Helper()
	model, output := filepath.Join(t.TempDir(), "tiny"), filepath.Join(t.TempDir(), "run")
	tiny(t, model)
	j := job(model, output)
	j.Resume = ""
	change(&j)
	if _, err := Train(context.Background(), j); err != nil {
		t.Fatal(err)
	}
	m, err := task.Open(context.Background(), output, task.Options{Ready: true, Merge: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func near(a, b float64) bool { return math.Abs(a-b) < 2e-5 }

func TestPipelineGivesTheSameProbabilities(t *testing.T) {
	for _, pooling := range []heads.Pooling{heads.CLS, heads.Mean, heads.Max} {
		t.Run(string(pooling), func(t *testing.T) {
			m := trained(t, func(j *Job) { j.Pooling = string(pooling) })
			examples := opinions(12, 9)
			var texts []string
			for i := range examples {
				texts = append(texts, examples[i].Text)
			}
			var want []map[string]float64
			ask(t, texts, &want, m.Folder, "classify")
			for i, p := range predictAll(t, m, examples, task.Decoding{Top: 2}) {
				for _, c := range p.Labels {
					if !near(float64(c.Probability), want[i][c.Label]) {
						t.Errorf("%q: %s is %v, the reference says %v", p.Text, c.Label, c.Probability, want[i][c.Label])
					}
				}
			}
		})
	}
}

func TestPipelineGivesTheSameEntities(t *testing.T) {
	m := trained(t, func(j *Job) {
		var examples []labelled.Example
		for _, e := range opinions(60, 1) {
			e.Words, e.Labels, e.Text = strings.Fields(e.Text), nil, ""
			for _, w := range e.Words {
				tag := "O"
				switch w {
				case "film", "book", "story":
					tag = "B-WORK"
				case "good", "very":
					tag = "I-WORK"
				}
				e.Tags = append(e.Tags, tag)
			}
			examples = append(examples, e)
		}
		j.Data = &dataset.Dataset{
			Kind: labelled.Tag, Task: "tag", Labels: labelled.NewLabels(labelled.Single, []string{"B-WORK", "I-WORK", "O"}),
			Train: &dataset.Part{Name: "train", Examples: examples}, Dev: []dataset.Part{{Name: "dev", Examples: examples[:20]}},
		}
		j.Epochs, j.LearningRate = 10, 5e-3
	})
	examples := opinions(15, 3)
	var texts []string
	for i := range examples {
		examples[i].Text = strings.ReplaceAll(examples[i].Text, "book", "bookgood, é film")
		texts = append(texts, examples[i].Text)
	}
	for _, strategy := range conll.Strategies() {
		var want [][]task.Entity
		ask(t, texts, &want, m.Folder, "tag", string(strategy))
		for i, p := range predictAll(t, m, examples, task.Decoding{Strategy: strategy}) {
			got := *p.Entities
			if len(got) != len(want[i]) {
				t.Errorf("%s: %q has %d entities, the reference finds %d", strategy, p.Text, len(got), len(want[i]))
				continue
			}
			for k, e := range got {
				w := want[i][k]
				if e.Label != w.Label || e.Start != w.Start || e.End != w.End || e.Word != w.Word || !near(float64(e.Score), float64(w.Score)) {
					t.Errorf("%s: %q: %+v, the reference says %+v", strategy, p.Text, e, w)
				}
			}
		}
	}
}

// scoresOf are the scores of examples in memory, each as a list.
func scoresOf(t *testing.T, m *task.Model, examples []labelled.Example) (list [][]float32) {
	t.Helper()
	p := pipeline.Of(m, pipeline.Options{MaxLength: 32})
	_, err := p.Score(t.Context(), 0, labelled.Given(examples), func(s *task.Scored) error {
		list = append(list, s.Rows)
		return s.Err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// compareScores wants scores within 1e-5 of the largest.
func compareScores(t *testing.T, got, want [][]float32) {
	t.Helper()
	largest := float32(0)
	for _, row := range want {
		for _, x := range row {
			largest = max(largest, x, -x)
		}
	}
	if len(got) != len(want) || largest == 0 {
		t.Fatalf("%d rows of scores, the reference has %d, the largest is %v", len(got), len(want), largest)
	}
	for i := range want {
		for k := range want[i] {
			if d := got[i][k] - want[i][k]; d > 1e-5*largest || d < -1e-5*largest {
				t.Errorf("example %d: score %d is %v, the reference says %v", i, k, got[i][k], want[i][k])
			}
		}
	}
}

func TestModelsOfTheReferenceGiveTheSameScoresForAnswers(t *testing.T) {
	m := trained(t, func(j *Job) {
		examples := opinions(40, 1)
		for i := range examples {
			e := &examples[i]
			first, _, _ := strings.Cut(e.Text, " ")
			e.Pair, e.HasPair, e.Text, e.Labels = e.Text, true, "was it good", nil
			e.Answers = []labelled.Answer{{Text: first}}
		}
		j.Data = &dataset.Dataset{Kind: labelled.Span, Task: "squad", Train: &dataset.Part{Name: "train", Examples: examples}}
		j.SeqLength, j.Stride = 32, 8
	})
	var examples []labelled.Example
	var texts [][]string
	for _, e := range opinions(15, 3) {
		texts = append(texts, []string{"was it very good", e.Text})
		examples = append(examples, labelled.Example{Text: "was it very good", Pair: e.Text, HasPair: true})
	}
	var asked [][][]float32
	ask(t, texts, &asked, m.Folder, "squad")
	var want [][]float32
	for _, a := range asked {
		var row []float32
		for i := range a[0] {
			row = append(row, a[0][i], a[1][i])
		}
		want = append(want, row)
	}
	compareScores(t, scoresOf(t, m, examples), want)
}

func TestModelsOfTheReferenceGiveTheSameScoresForChoices(t *testing.T) {
	choices := func(n int, seed uint64) (examples []labelled.Example, texts [][]string) {
		list := opinions(3*n, seed)
		for i := range n {
			e := list[3*i]
			e.Choices, e.Labels = []string{list[3*i+1].Text, list[3*i+2].Text}, []string{"0"}
			examples, texts = append(examples, e), append(texts, append([]string{e.Text}, e.Choices...))
		}
		return examples, texts
	}
	m := trained(t, func(j *Job) {
		examples, _ := choices(20, 1)
		j.Data = &dataset.Dataset{
			Kind: labelled.Choice, Task: "choice", Choices: 2, Labels: labelled.NewLabels(labelled.Single, []string{"0", "1"}),
			Train: &dataset.Part{Name: "train", Examples: examples},
		}
		j.SeqLength = 32
	})
	examples, texts := choices(12, 5)
	var want [][]float32
	ask(t, texts, &want, m.Folder, "choice")
	compareScores(t, scoresOf(t, m, examples), want)
}

// TestAdaptersGiveTheSameScoresInPEFT needs peft beside transformers.
func TestAdaptersGiveTheSameScoresInPEFT(t *testing.T) {
	m := trained(t, func(j *Job) {
		j.LoRA, j.LoRARank, j.LoRAAlpha, j.LoRADropout, j.LoRATargets = true, 2, 4, 0.1, []string{"query", "value", "output.dense"}
		j.LearningRate = 1e-2
	})
	examples := opinions(12, 9)
	var texts []string
	for i := range examples {
		texts = append(texts, examples[i].Text)
	}
	var want [][]float32
	if ask(t, texts, &want, m.Folder, "adapter"); want == nil {
		t.Skip("the Python of GOBERT_PYTHON has no peft")
	}
	compareScores(t, scoresOf(t, m, examples), want)
}
