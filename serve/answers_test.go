package serve

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"gobert/pipeline"
	"gobert/sparse"
	"gobert/task"
)

// near is how far an answer may be from that of a text alone.
const near = 1e-6

func alike(a, b float32) bool { return math.Abs(float64(a)-float64(b)) <= near }

// TestNeighboursChangeNoAnswer: many clients ask every model at once, with texts of many lengths, and each gets what the pipeline,
// which finetune predict stands on, says about that text by itself.
func TestNeighboursChangeNoAnswer(t *testing.T) {
	s := newServer(t, Options{BatchTokens: 200}, "labels", "topics", "ranks", "tags", "answers", "choices", "blanks", "plain")
	ctx := t.Context()
	labels, ranks, tagger := opened(t, "labels", pipeline.Options{}), opened(t, "ranks", pipeline.Options{}), opened(t, "tags", pipeline.Options{})
	answers, choices := opened(t, "answers", pipeline.Options{}), opened(t, "choices", pipeline.Options{})
	blanks, plain := opened(t, "blanks", pipeline.Options{}), opened(t, "plain", pipeline.Options{})

	checks := map[string]func(i int) error{
		"predict": func(i int) error {
			text := sentence(i)
			got := asked[[]chance](t, s, "/predict", anyBody{"model": "labels", "inputs": text})
			want, err := labels.Classify(ctx, []string{text})
			if err != nil || got[0].Label != want[0].Label || !alike(got[0].Score, want[0].Probability) || len(got) != 3 {
				return fmt.Errorf("%v, expected %v, %w", got, want, err)
			}
			return nil
		},
		"rerank": func(i int) error {
			texts := []string{sentence(i + 1), sentence(i + 2), sentence(i + 3)}
			got := asked[[]rank](t, s, "/rerank", anyBody{"model": "ranks", "query": sentence(i), "texts": texts, "return_text": true})
			for k, r := range got {
				want, err := ranks.ClassifyPairs(ctx, [][2]string{{sentence(i), texts[r.Index]}})
				if err != nil || !alike(r.Score, want[0].Value) || *r.Text != texts[r.Index] || k > 0 && got[k-1].Score < r.Score {
					return fmt.Errorf("%v, expected %v, %w", got, want, err)
				}
			}
			return nil
		},
		"tags": func(i int) error {
			text := sentence(i) + sentence(i+9) + sentence(i+17) // several windows
			got := asked[[]task.Entity](t, s, "/tags", anyBody{"model": "tags", "inputs": text})
			want, err := tagger.Tag(ctx, []string{text})
			if err != nil || len(got) != len(want[0]) {
				return fmt.Errorf("%v, expected %v, %w", got, want, err)
			}
			for k := range got {
				if a, b := got[k], want[0][k]; a.Label != b.Label || a.Word != b.Word || a.Start != b.Start || a.End != b.End || !alike(a.Score, b.Score) {
					return fmt.Errorf("%v, expected %v", a, b)
				}
			}
			return nil
		},
		"answer": func(i int) error {
			q, context := "who went to Rome ?", sentence(i)+sentence(i+3)+sentence(i+5)
			got := asked[[]found](t, s, "/answer", anyBody{"model": "answers", "inputs": []anyBody{{"question": q, "context": context}}})
			want, err := answers.Answer(ctx, []pipeline.Question{{Text: q, Context: context}})
			if err != nil || got[0].Answer != want[0].Text || got[0].Start != want[0].Start || got[0].End != want[0].End || !alike(got[0].Score, want[0].Score) {
				return fmt.Errorf("%v, expected %v, %w", got, want, err)
			}
			return nil
		},
		"choose": func(i int) error {
			p := pipeline.Prompt{Text: sentence(i), Choices: []string{sentence(i + 1), sentence(i + 2), "rain"}[:2+i%2]}
			got := asked[[]choice](t, s, "/choose", anyBody{"model": "choices", "inputs": []anyBody{{"text": p.Text, "choices": p.Choices}}})
			want, err := choices.Choose(ctx, []pipeline.Prompt{p})
			if err != nil || got[0].Index != want[0].Index || got[0].Text != want[0].Text || !alike(got[0].Score, want[0].Probability) {
				return fmt.Errorf("%v, expected %v, %w", got, want, err)
			}
			return nil
		},
		"fill": func(i int) error {
			text := "the [MASK] was " + sentence(i%5) + " [MASK]"
			got := asked[pipeline.Filled](t, s, "/fill", anyBody{"model": "blanks", "inputs": text})
			want, err := blanks.Fill(ctx, []string{text})
			if err != nil || got.Filled != want[0].Filled || len(got.Masks) != 2 || len(got.Masks[1]) != 5 || got.Masks[0][2].Token != want[0].Masks[0][2].Token ||
				math.Abs(got.Probability-want[0].Probability) > near {
				return fmt.Errorf("%v, expected %v, %w", got, want, err)
			}
			return nil
		},
		"next": func(i int) error {
			pair := [2]string{sentence(i % 4), sentence(i % 3)}
			got := asked[[]follows](t, s, "/next", anyBody{"model": "blanks", "inputs": [][2]string{pair}})
			want, err := blanks.Next(ctx, [][2]string{pair})
			if err != nil || !alike(got[0].Score, float32(want[0])) {
				return fmt.Errorf("%v, expected %v, %w", got, want, err)
			}
			return nil
		},
		"embed": func(i int) error {
			text := sentence(i)
			got := asked[[][]float32](t, s, "/embed", anyBody{"model": "plain", "inputs": []string{text, sentence(i + 1)}})
			want, err := plain.Embed(ctx, []string{text})
			if err != nil || len(got) != 2 || len(got[0]) != len(want[0]) {
				return fmt.Errorf("%v, expected %v, %w", got, want, err)
			}
			for k := range got[0] {
				if !alike(got[0][k], want[0][k]) {
					return fmt.Errorf("number %d is %v, expected %v", k, got[0][k], want[0][k])
				}
			}
			return nil
		},
	}
	checks["embed_sparse"] = func(i int) error {
		text := sentence(i)
		got := asked[[]sparse.Vector](t, s, "/embed_sparse", anyBody{"model": "blanks", "inputs": []string{text, sentence(i + 1)}})
		want, err := sparse.Embed(ctx, blanks, []string{text})
		if err != nil || len(got) != 2 || len(got[0]) != len(want[0]) || len(got[0]) == 0 {
			return fmt.Errorf("%v, expected %v, %w", got, want, err)
		}
		for k, w := range got[0] {
			if w.Index != want[0][k].Index || !alike(w.Value, want[0][k].Value) {
				return fmt.Errorf("%v, expected %v", w, want[0][k])
			}
		}
		return nil
	}
	var group sync.WaitGroup
	for name, check := range checks {
		for worker := range 3 {
			group.Go(func() {
				for i := range 8 {
					if err := check(worker*100 + i); err != nil {
						t.Errorf("%s %d: %v", name, i, err)
						return
					}
				}
			})
		}
	}
	group.Wait()
}

// TestIdsAreTexts: the ids of a text's tokens give its vector, with and without the special ones.
func TestIdsAreTexts(t *testing.T) {
	s := newServer(t, Options{}, "plain")
	tokens := asked[[][]token](t, s, "/tokenize", anyBody{"inputs": "the film was good"})
	var whole, bare []int32
	for _, x := range tokens[0] {
		if whole = append(whole, x.ID); !x.Special {
			bare = append(bare, x.ID)
		}
	}
	want := asked[[][]float32](t, s, "/embed", anyBody{"inputs": "the film was good"})
	for _, ids := range [][]int32{whole, bare} {
		for _, inputs := range []any{ids, [][]int32{ids}} {
			if got := asked[clientEmbeddings](t, s, "/v1/embeddings", anyBody{"input": inputs}); !alike(got.Data[0].Embedding[3], want[0][3]) || got.Usage.Total != len(whole) {
				t.Errorf("%v gives %v, expected %v", inputs, got, want)
			}
		}
	}
	if got := asked[[]string](t, s, "/decode", anyBody{"ids": whole}); got[0] != "the film was good" {
		t.Errorf("decoded: %q", got)
	}
}

// clientEmbeddings is how a client reads them.
type clientEmbeddings struct {
	Data []struct {
		Embedding []float32 `json:"embedding"`
	} `json:"data"`
	Usage usage `json:"usage"`
}

// TestForms: each field takes the forms that clients know.
func TestForms(t *testing.T) {
	s := newServer(t, Options{}, "labels", "ranks", "plain", "choices")
	if got := asked[[]chance](t, s, "/predict", anyBody{"inputs": []string{"it was good", "it was bad"}}); len(got) != 3 {
		t.Errorf("a pair: %v", got)
	}
	if got := asked[[][]chance](t, s, "/predict", anyBody{"inputs": [][]string{{"it was good"}, {"it was good", "it was bad"}}, "raw_scores": true}); len(got) != 2 || len(got[1]) != 3 {
		t.Errorf("a batch: %v", got)
	}
	if got := asked[[][][]float32](t, s, "/embed_all", anyBody{"model": "plain", "inputs": "it was good"}); len(got) != 1 || len(got[0]) != 5 || len(got[0][0]) != 16 {
		t.Errorf("vectors of tokens: %v", got)
	}
	prompts := []anyBody{{"text": "it was", "choices": []string{"good", "bad", "rain"}}, {"text": "we like", "choices": []string{"rain", "Bob"}}, {"text": "who", "choices": []string{"Ann", "Bob", "Rome"}}}
	together := asked[[]choice](t, s, "/choose", anyBody{"model": "choices", "inputs": prompts})
	for i, p := range prompts {
		if alone := asked[[]choice](t, s, "/choose", anyBody{"model": "choices", "inputs": []anyBody{p}}); alone[0].Text != together[i].Text || !alike(alone[0].Score, together[i].Score) {
			t.Errorf("choice %d: %v, alone %v", i, together[i], alone[0])
		}
	}
	long := sentence(5) + sentence(5) + sentence(5)
	leftmost := asked[[][]float32](t, s, "/embed", anyBody{"model": "plain", "inputs": "Bob " + long, "truncation_direction": "Left"})
	other := asked[[][]float32](t, s, "/embed", anyBody{"model": "plain", "inputs": "Ann " + long, "truncation_direction": "Left"})
	rightmost := asked[[][]float32](t, s, "/embed", anyBody{"model": "plain", "inputs": "Bob " + long})
	if leftmost[0][0] != other[0][0] || leftmost[0][0] == rightmost[0][0] {
		t.Errorf("a text that lost its beginning: %v, %v, %v", leftmost[0][0], other[0][0], rightmost[0][0])
	}
	short := asked[clientEmbeddings](t, s, "/v1/embeddings", anyBody{"model": "plain", "input": "rain", "dimensions": 4})
	sum := 0.0
	for _, x := range short.Data[0].Embedding {
		sum += float64(x * x)
	}
	if len(short.Data[0].Embedding) != 4 || math.Abs(sum-1) > 1e-5 {
		t.Errorf("a short vector: %v", short)
	}
	plainRaw := asked[[][]float32](t, s, "/embed", anyBody{"model": "plain", "inputs": "rain", "normalize": false})
	if n := norm(plainRaw[0]); math.Abs(n-1) < 1e-2 {
		t.Errorf("a vector that is not to be of length 1 is of length %v", n)
	}
	ranked := asked[cohereResponse](t, s, "/v1/rerank", anyBody{"model": "ranks", "query": "rain", "documents": []any{"sun", anyBody{"text": "rain falls"}, "Bob"}, "top_n": 2, "return_documents": true})
	if len(ranked.Results) != 2 || ranked.Results[0].Document == nil || ranked.Results[0].Score < ranked.Results[1].Score {
		t.Errorf("ranked: %+v", ranked)
	}
}
