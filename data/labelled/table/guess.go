package table

import (
	"slices"
	"strconv"
	"strings"

	"gobert/internal/fault"
)

// classify finds text, pair and label by their names or, failing that, by what a few rows look like.
func (r *resolver) classify() error {
	c := &r.columns
	// A file whose header is text_a, text_b or sentence1, sentence2 has a pair; the label may be missing.
	if c.Text == "" && c.Pair == "" {
		r.byName("question", "sentence", "context") // QNLI's shape.
	}
	r.find(&c.Text, "text", textNames)
	r.find(&c.Pair, "second text", pairNames)
	if c.Label == "" && len(c.Labels) == 0 {
		r.find(&c.Label, "label", labelNames)
	}
	switch {
	case c.Text != "" && r.pairs && c.Pair == "":
		return r.fail("second text", "{pair-column}")
	case c.Text != "":
		return nil
	}
	var free []string
	for _, name := range r.names {
		if !slices.Contains(r.used, name) {
			free = append(free, name)
		}
	}
	if c.Label == "" && len(c.Labels) == 0 && len(free) > 1 && !r.pairs {
		if label, ok := r.obviousLabel(free); ok {
			r.take(&c.Label, "label", label)
			free = slices.DeleteFunc(free, func(name string) bool { return name == label })
		}
	}
	switch {
	case r.pairs && len(free) != 2:
		return r.fail("two texts", "{text-column} and {pair-column}")
	case len(free) == 1:
		r.take(&c.Text, "text", free[0])
	case len(free) == 2 && (r.pairs || c.Label != "" && !r.headed()):
		r.take(&c.Text, "text", free[0])
		r.take(&c.Pair, "second text", free[1])
	default:
		return r.fail("text", "{text-column}")
	}
	return nil
}

// byName takes two columns, if the file has both.
func (r *resolver) byName(first string, seconds ...string) {
	for _, second := range seconds {
		if slices.Contains(r.names, first) && slices.Contains(r.names, second) {
			r.take(&r.columns.Text, "text", first)
			r.take(&r.columns.Pair, "second text", second)
			return
		}
	}
}

// headed reports whether the columns have names.
func (r *resolver) headed() bool { return len(r.names) > 0 && r.names[0] != "1" }

// obviousLabel looks for the one column whose values are short and come again and again.
func (r *resolver) obviousLabel(free []string) (string, bool) {
	var candidates []string
	for _, name := range free {
		distinct, longest, rows := map[string]bool{}, 0, 0
		for i := range r.sample {
			v, _ := r.sample[i].get(name)
			s, ok := text(v)
			if !ok {
				continue
			}
			rows++
			distinct[s] = true
			longest = max(longest, len(s))
		}
		if rows == 0 || longest > 40 {
			continue
		}
		if len(distinct) <= max(2, rows/3) {
			candidates = append(candidates, name)
		}
	}
	if len(candidates) == 1 {
		return candidates[0], true
	}
	return "", false
}

// choices finds the columns of multiple choice in the shapes of SWAG and CODAH.
func (r *resolver) choices() error {
	c := &r.columns
	if len(c.Choices) == 0 {
		r.endings()
	}
	if len(c.Choices) == 0 && c.Prompt == "" && !r.headed() && r.codah() {
		return nil
	}
	r.find(&c.Prompt, "prompt", promptNames)
	r.find(&c.Second, "beginning of every choice", secondNames)
	r.find(&c.Label, "right choice", choiceLabels)
	if len(c.Choices) == 0 {
		return r.fail("choices", "{choice-columns}")
	}
	if c.Prompt == "" {
		return r.fail("prompt", "{text-column}")
	}
	return nil
}

// endings finds numbered columns, ending0, ending1, ..., or one with a list.
func (r *resolver) endings() {
	c := &r.columns
	for _, prefix := range []string{"ending", "choice", "option", "answer"} {
		for first := range 2 {
			var found []string
			for i := first; slices.Contains(r.names, prefix+strconv.Itoa(i)); i++ {
				found = append(found, prefix+strconv.Itoa(i))
			}
			if len(found) > 1 {
				c.Choices = found
				r.used = append(r.used, found...)
				r.notes = append(r.notes, fault.New("%s: columns %s taken as the choices", r.name, strings.Join(found, ", ")))
				return
			}
		}
	}
	column := ""
	r.find(&column, "list of choices", listNames)
	if column != "" {
		c.Choices = []string{column}
	}
}

// codah recognises that data set's seven columns: category, prompt, four endings, label.
func (r *resolver) codah() bool {
	if len(r.names) != 7 || len(r.sample) == 0 {
		return false
	}
	for i := range r.sample {
		v, _ := r.sample[i].get("7")
		s, _ := text(v)
		if n, err := strconv.Atoi(s); err != nil || n < 0 || n > 3 {
			return false
		}
	}
	r.columns.Prompt, r.columns.Choices, r.columns.Label = "2", []string{"3", "4", "5", "6"}, "7"
	r.notes = append(r.notes, fault.New("%s: read as CODAH: prompt in column 2, choices in columns 3 to 6, the right one in column 7", r.name))
	return true
}
