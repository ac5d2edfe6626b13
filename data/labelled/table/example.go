package table

import (
	"strconv"
	"strings"

	"gobert/data/labelled"
)

// example makes an example of a row.
func (r *Reader) example(in *row) (labelled.Example, error) {
	e := labelled.Example{Origin: in.at}
	if r.columns.ID != "" {
		v, _ := in.get(r.columns.ID)
		e.ID, _ = text(v)
	}
	var err error
	switch r.kind {
	case labelled.Tag:
		err = r.tag(in, &e)
	case labelled.Choice:
		err = r.choice(in, &e)
	case labelled.Span:
		err = r.span(in, &e)
	default:
		err = r.classify(in, &e)
	}
	return e, err
}

// field reads a text that must be there.
func (r *Reader) field(in *row, column string) (string, error) {
	v, there := in.get(column)
	s, ok := text(v)
	if there && v == nil && r.options.AllowEmpty {
		return "", nil
	}
	if !there || v == nil {
		return "", labelled.Fault(in.at, "column %q is missing", column)
	}
	if !ok {
		return "", labelled.Fault(in.at, "column %q has %s, expected a text", column, describe(v))
	}
	if !r.options.AllowEmpty && strings.TrimSpace(s) == "" {
		return "", labelled.Fault(in.at, "column %q is empty, expected a text", column).Advise("leave such rows out with {on-error} skip")
	}
	return s, nil
}

func (r *Reader) classify(in *row, e *labelled.Example) (err error) {
	if e.Text, err = r.field(in, r.columns.Text); err != nil {
		return err
	}
	if r.columns.Pair != "" {
		e.HasPair = true
		if e.Pair, err = r.field(in, r.columns.Pair); err != nil {
			return err
		}
	}
	if len(r.columns.Labels) > 0 {
		return r.hot(in, e)
	}
	v, there := in.get(r.columns.Label)
	if !there || v == nil {
		return nil
	}
	if list, ok := texts(v); ok {
		e.Labels, e.Labelled = list, true
		return nil
	}
	s, ok := text(v)
	if !ok {
		return labelled.Fault(in.at, "column %q has %s, expected a label or a list of labels", r.columns.Label, describe(v))
	}
	if r.options.LabelSeparator != "" {
		e.Labelled = true
		for part := range strings.SplitSeq(s, r.options.LabelSeparator) {
			if part = strings.TrimSpace(part); part != "" {
				e.Labels = append(e.Labels, part)
			}
		}
		return nil
	}
	if s = strings.TrimSpace(s); s != "" {
		e.Labels, e.Labelled = []string{s}, true
	}
	return nil
}

// hot reads a column of 0 and 1 for each label.
func (r *Reader) hot(in *row, e *labelled.Example) error {
	e.Labelled, e.Labels = true, []string{}
	for _, column := range r.columns.Labels {
		v, there := in.get(column)
		if !there || v == nil {
			e.Labelled = false
			continue
		}
		s, _ := text(v)
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "1", "1.0", "true", "yes":
			e.Labels = append(e.Labels, column)
		case "0", "0.0", "false", "no", "":
		default:
			return labelled.Fault(in.at, "column %q has %s, expected 0 or 1", column, describe(v))
		}
	}
	return nil
}

// words reads a list, or a text that blanks separate.
func words(v any) ([]string, bool) {
	if list, ok := texts(v); ok {
		return list, true
	}
	s, ok := text(v)
	return strings.Fields(s), ok
}

func (r *Reader) tag(in *row, e *labelled.Example) error {
	v, _ := in.get(r.columns.Words)
	tagValue, tagged := in.get(r.columns.Tags)
	tagged = tagged && tagValue != nil
	if s, ok := v.(string); ok && !tagged {
		e.Text = s // A plain text to be tagged: the tokenizer finds the words.
		if strings.TrimSpace(s) == "" && !r.options.AllowEmpty {
			return labelled.Fault(in.at, "column %q is empty, expected a text", r.columns.Words)
		}
		return nil
	}
	var ok bool
	if e.Words, ok = words(v); !ok || len(e.Words) == 0 {
		return labelled.Fault(in.at, "column %q has %s, expected a list of words", r.columns.Words, describe(v))
	}
	if !tagged {
		return nil
	}
	if e.Tags, ok = words(tagValue); !ok {
		return labelled.Fault(in.at, "column %q has %s, expected a list of tags", r.columns.Tags, describe(tagValue))
	}
	if len(e.Tags) != len(e.Words) {
		return labelled.Fault(in.at, "%d tags for %d words, expected one for each", len(e.Tags), len(e.Words)).Advise("leave such rows out with {on-error} skip")
	}
	e.Labelled = true
	return nil
}

func (r *Reader) choice(in *row, e *labelled.Example) (err error) {
	if e.Text, err = r.field(in, r.columns.Prompt); err != nil {
		return err
	}
	if len(r.columns.Choices) == 1 {
		v, _ := in.get(r.columns.Choices[0])
		list, ok := texts(v)
		if !ok {
			return labelled.Fault(in.at, "column %q has %s, expected a list of choices", r.columns.Choices[0], describe(v))
		}
		e.Choices = list
	} else {
		for _, column := range r.columns.Choices {
			s, err := r.field(in, column)
			if err != nil {
				return err
			}
			e.Choices = append(e.Choices, s)
		}
	}
	if r.columns.Second != "" {
		v, _ := in.get(r.columns.Second)
		second, _ := text(v)
		for i := range e.Choices {
			e.Choices[i] = second + " " + e.Choices[i]
		}
	}
	if r.choices == 0 {
		r.choices = len(e.Choices)
	}
	if len(e.Choices) != r.choices || r.choices < 2 {
		return labelled.Fault(in.at, "the example has %d choices, expected %d as the first one, and at least 2", len(e.Choices), r.choices)
	}
	v, there := in.get(r.columns.Label)
	s, _ := text(v)
	if s = strings.TrimSpace(s); !there || s == "" || s == "-1" {
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n >= len(e.Choices) {
		return labelled.Fault(in.at, "the right choice is %q, expected a number from 0 to %d", s, len(e.Choices)-1)
	}
	e.Labels, e.Labelled = []string{strconv.Itoa(n)}, true
	return nil
}

// span reads a question of the flat shape that the datasets library gives SQuAD.
func (r *Reader) span(in *row, e *labelled.Example) (err error) {
	if e.Text, err = r.field(in, r.columns.Text); err != nil {
		return err
	}
	if e.Pair, err = r.field(in, r.columns.Context); err != nil {
		return err
	}
	e.HasPair = true
	v, there := in.get(r.columns.Answers)
	if !there || v == nil {
		return nil
	}
	object, _ := v.(map[string]any)
	answers, ok := texts(object["text"])
	starts, ok2 := texts(object["answer_start"])
	if !ok || !ok2 || len(answers) != len(starts) {
		return labelled.Fault(in.at, "column %q has %s, expected an object with lists of the same length in text and answer_start", r.columns.Answers, describe(v))
	}
	e.Labelled, e.Impossible = true, len(answers) == 0
	for i := range answers {
		n, err := strconv.Atoi(starts[i])
		if err != nil {
			return labelled.Fault(in.at, "answer_start is %q, expected a number", starts[i])
		}
		a, err := labelled.Locate(in.at, e.Pair, answers[i], n)
		if err != nil {
			return err
		}
		e.Answers = append(e.Answers, a)
	}
	return nil
}
