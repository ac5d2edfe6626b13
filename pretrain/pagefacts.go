package pretrain

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"gobert/data/corpus"
	"gobert/data/pretraining"
	"gobert/data/pretraining/texts"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/internal/report"
	"gobert/internal/ui"
)

// about says in a sentence what was trained on what.
func (t *told) about() string {
	kind := "masked words"
	if t.config.NSP {
		kind = "masked words and next sentences"
	}
	what := "A BERT"
	if t.config.Model != "" {
		what = fmt.Sprintf("A BERT (%s)", filepath.Base(t.config.Model))
	}
	text := fmt.Sprintf("%s that was pretrained on %s", what, kind)
	if m, err := texts.ManifestOf(t.config.Data); err == nil && m != nil {
		text += fmt.Sprintf(" of %s sentences", thousands(m.Train.Sentences))
		var names []string
		for _, s := range m.Sources {
			names = append(names, filepath.Base(s.Path))
		}
		if len(names) > 0 && len(names) <= 3 {
			text += " from " + strings.Join(names, ", ")
		}
	}
	return text + "."
}

// heldOut says what the results are measured on.
func (t *told) heldOut(m *corpus.Manifest) string {
	switch {
	case t.config.Heldout != "":
		return "the text in " + t.config.Heldout
	case m.HeldOut.Documents > 0 && m.HeldOutBy == pretraining.HeldOutTails:
		return fmt.Sprintf("%s, %s sentences", m.HeldOutBy, thousands(m.HeldOut.Sentences))
	case m.HeldOut.Documents > 0:
		return fmt.Sprintf("%s documents, %s sentences", thousands(m.HeldOut.Documents), thousands(m.HeldOut.Sentences))
	case t.texts.Heldout != nil:
		return t.texts.HeldOut()
	}
	return "nothing: measured on the training text"
}

// facts are what a reader wants to know first.
func (t *told) facts() (facts []report.Fact) {
	add := func(name, format string, args ...any) {
		if value := fmt.Sprintf(format, args...); value != "" {
			facts = append(facts, report.Fact{Name: name, Value: value})
		}
	}
	if t.model != nil {
		m := t.model.Model
		c := m.Network.Encoder().Config
		add("Model", "%d layers, %d wide, %d heads", c.NumLayers, c.HiddenSize, c.NumHeads)
		add("Parameters", "%s", thousands(parameters(m.Network)))
		add("Vocabulary", "%s tokens", thousands(int64(m.Tokenizer.Size())))
	}
	if m, err := texts.ManifestOf(t.config.Data); err == nil && m != nil {
		add("Training text", "%s documents, %s sentences, %s tokens", thousands(m.Train.Documents), thousands(m.Train.Sentences), thousands(m.Train.Tokens))
		add("Held out", "%s", t.heldOut(m))
	} else if t.texts.Train != nil && t.texts.Train.Fixed() {
		add("Training text", "%s fixed examples in TFRecord files", thousands(int64(t.texts.Train.Documents())))
	} else if t.texts.Train != nil {
		add("Training text", "%s documents, %s sentences", thousands(int64(t.texts.Train.Documents())), thousands(int64(t.texts.Train.Sentences())))
	}
	last, ok := report.Last(t.entries, record.Step)
	if !ok {
		return facts
	}
	add("Steps", "%s", thousands(last.Step))
	if loss, ok := report.Ending(t.entries); ok {
		add("Training loss at the end", "%s", loss)
	}
	tokens, _ := last.Value("tokens")
	add("Tokens seen", "%s", thousands(int64(tokens)))
	add("Time", "%s", elapsed(last))
	if seconds, _ := last.Value("seconds"); seconds > 0 {
		add("Speed", "%s tokens/s", ui.Count(tokens/seconds))
	}
	for _, e := range t.entries {
		if device, ok := strings.CutPrefix(e.Text, startedEvent); ok && e.Kind == record.Event {
			facts = append(facts, report.Fact{Name: "Computed on", Value: device})
			break
		}
	}
	return facts
}

// thousands writes a whole number with commas.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// next are commands to try, as they can be pasted.
func (t *told) next(samples []Samples) []string {
	sentence := "The man went to the [MASK]."
	if len(samples) > 0 && len(samples[0].Samples) > 0 {
		s := samples[0].Samples[0]
		sentence = strings.TrimSpace(s.Before + " [MASK] " + s.After)
	}
	run := ui.Quoted(t.folder)
	return []string{
		"pretrain fill " + run + " " + ui.Quoted(sentence),
		fault.Command("pretrain eval %s {data} %s", run, ui.Quoted(t.config.Data)),
		fault.Command("pretrain report %s {sentence} %s", run, ui.Quoted("one text [SEP] and another")),
		fault.Command("finetune train {model} %s {task} classify {data} labelled.csv {out} tuned", run),
	}
}
