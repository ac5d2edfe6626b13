package run

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Card is the card of a model: at its head what the hub reads, below it what people do. Name, Library and Pipeline are always there.
type Card struct {
	Name     string   // the model's
	Library  string   // that opens it: transformers, peft
	Pipeline string   // the kind of task, by the hub's name
	Base     string   // the hub's name of the model that it was made from
	Tags     []string // beside gobert
	Score    string   // name of the measure that decides; empty: nothing was measured
	Of       string   // data that it was measured on
	Value    float64
	text     strings.Builder
}

// NewCard begins the card of the model in a folder.
func NewCard(folder, library, pipeline string, tags ...string) *Card {
	return &Card{Name: filepath.Base(filepath.Clean(folder)), Library: library, Pipeline: pipeline, Tags: tags}
}

// Section begins a part.
func (c *Card) Section(title string) { c.text.WriteString("\n## " + title + "\n") }

// Text adds a paragraph.
func (c *Card) Text(format string, args ...any) { fmt.Fprintf(&c.text, "\n"+format+"\n", args...) }

// Code adds a block in a language.
func (c *Card) Code(language, code string) {
	c.text.WriteString("\n```" + language + "\n" + strings.TrimSuffix(code, "\n") + "\n```\n")
}

// Table adds rows of cells, the first of which names the columns.
func (c *Card) Table(rows ...[]string) {
	c.text.WriteString("\n")
	for i, row := range rows {
		c.text.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			c.text.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
}

// String is the whole card.
func (c *Card) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\nlibrary_name: %s\npipeline_tag: %s\n", c.Library, c.Pipeline)
	if c.Base != "" {
		fmt.Fprintf(&b, "base_model: %q\n", c.Base)
	}
	b.WriteString("tags:\n- gobert\n")
	for _, tag := range c.Tags {
		b.WriteString("- " + tag + "\n")
	}
	if c.Score != "" {
		fmt.Fprintf(&b, "model-index:\n- name: %q\n  results:\n  - task:\n      type: %s\n    dataset:\n      name: %q\n      type: %q\n    metrics:\n    - type: %s\n      value: %.6g\n",
			c.Name, c.Pipeline, c.Of, c.Of, c.Score, c.Value)
	}
	fmt.Fprintf(&b, "---\n\n# %s\n", c.Name)
	return b.String() + c.text.String()
}
