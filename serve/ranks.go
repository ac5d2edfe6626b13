package serve

import (
	"cmp"
	"crypto/rand"
	"slices"

	"gobert/data/labelled"
)

// rerankRequest is text-embeddings-inference's.
type rerankRequest struct {
	Model  string   `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Query  string   `json:"query"`
	Texts  []string `json:"texts"`
	Raw    bool     `json:"raw_scores,omitempty" doc:"Give scores as they leave the network, no probabilities."`
	Return bool     `json:"return_text,omitempty" doc:"Give the texts, too."`
	Cutting
}

// rank is how well a text fits the query.
type rank struct {
	Index int     `json:"index"`
	Score float32 `json:"score"`
	Text  *string `json:"text,omitempty"`
}

// ranks says why a model cannot rank; nil where it can.
func (m *model) ranks() error {
	if m.kind() != labelled.Classify || m.pipe.Model.Problem() != labelled.Regression || m.pipe.Model.Labels.Len() != 1 {
		return wrong("model", "%s does not rank: it needs one score for a pair of texts, as cross-encoders have: ask %s", m.name, "/predict or /embed")
	}
	return nil
}

// ranked scores texts against a query, the best first.
func (c *call) ranked(name, query, field string, texts []string, raw bool, cut Cutting) ([]rank, error) {
	m, err := c.named(name)
	if err != nil {
		return nil, err
	}
	if err := m.ranks(); err != nil {
		return nil, err
	}
	if err := notBlank("query", query); err != nil {
		return nil, err
	}
	all := pairs{list: make([][]string, len(texts))}
	for i, text := range texts {
		all.list[i] = []string{query, text}
	}
	w, err := c.classified(m, field, all, cut)
	if err != nil {
		return nil, err
	}
	scores, err := c.chances(w, raw)
	if err != nil {
		return nil, err
	}
	list := make([]rank, len(scores))
	for i, s := range scores {
		list[i] = rank{Index: i, Score: s[0].Score}
	}
	slices.SortStableFunc(list, func(a, b rank) int { return cmp.Compare(b.Score, a.Score) })
	return list, nil
}

func rerank(c *call, in *rerankRequest) ([]rank, error) {
	list, err := c.ranked(in.Model, in.Query, "texts", in.Texts, in.Raw, in.Cutting)
	for i := range list {
		if in.Return {
			list[i].Text = &in.Texts[list[i].Index]
		}
	}
	return list, err
}

// cohereRequest is Jina's and Cohere's.
type cohereRequest struct {
	Model     string    `json:"model,omitempty" doc:"Name of a model; the first one where there is none."`
	Query     string    `json:"query"`
	Documents []passage `json:"documents"`
	Top       *int      `json:"top_n,omitempty" nullable:"true" minimum:"1" doc:"Give so many of the best."`
	Return    *bool     `json:"return_documents,omitempty" nullable:"true" doc:"Give the documents, too. Default: false."`
}

// cohereResponse has what both answer.
type cohereResponse struct {
	ID      string       `json:"id"`
	Model   string       `json:"model"`
	Object  string       `json:"object"`
	Results []cohereRank `json:"results"`
	Usage   usage        `json:"usage" doc:"As Jina counts."`
	Meta    struct {
		Version struct {
			Version string `json:"version"`
		} `json:"api_version"`
		Billed struct {
			Units int `json:"search_units"`
		} `json:"billed_units"`
	} `json:"meta" doc:"As Cohere counts."`
}

type cohereRank struct {
	Index    int          `json:"index"`
	Score    float32      `json:"relevance_score"`
	Document *passageText `json:"document,omitempty"`
}

type passageText struct {
	Text string `json:"text"`
}

func cohereRerank(c *call, in *cohereRequest) (*cohereResponse, error) {
	texts := make([]string, len(in.Documents))
	for i, d := range in.Documents {
		texts[i] = string(d)
	}
	list, err := c.ranked(in.Model, in.Query, "documents", texts, false, Cutting{})
	if err != nil {
		return nil, err
	}
	out := &cohereResponse{ID: rand.Text(), Model: c.facts.model, Object: "list", Results: []cohereRank{}, Usage: usage{c.facts.tokens, c.facts.tokens}}
	out.Meta.Version.Version, out.Meta.Billed.Units = "2", 1
	if in.Top != nil {
		list = list[:min(*in.Top, len(list))]
	}
	for _, r := range list {
		one := cohereRank{Index: r.Index, Score: r.Score}
		if in.Return != nil && *in.Return {
			one.Document = &passageText{texts[r.Index]}
		}
		out.Results = append(out.Results, one)
	}
	return out, nil
}
