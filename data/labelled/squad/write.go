package squad

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf16"
)

// Named is a question's prediction under its identifier.
type Named struct {
	ID string
	Prediction
}

// WritePredictions writes predictions.json, the answers by question: the bytes that the reference writes.
func WritePredictions(w io.Writer, all []Named) error {
	return writeObject(w, all, func(out *bufio.Writer, n *Named) { fmt.Fprint(out, quoted(n.Text)) })
}

// WriteNullOdds writes null_odds.json: by question, how much surer no answer is than the best one.
func WriteNullOdds(w io.Writer, all []Named) error {
	return writeObject(w, all, func(out *bufio.Writer, n *Named) { fmt.Fprint(out, number(n.NullOdds)) })
}

// WriteBest writes nbest_predictions.json: by question, its candidates with probabilities and logits.
func WriteBest(w io.Writer, all []Named) error {
	const line = "\n            "
	return writeObject(w, all, func(out *bufio.Writer, n *Named) {
		fmt.Fprint(out, "[")
		for i, c := range n.Best {
			if i > 0 {
				fmt.Fprint(out, ",")
			}
			logits := fmt.Sprintf(`"start_logit": %s,`+line+`"end_logit": %s`, number(float64(c.First)), number(float64(c.Last)))
			fmt.Fprint(out, "\n        {"+line)
			if c.standIn() {
				fmt.Fprintf(out, `"text": "empty",`+line+`%s`, logits)
			} else {
				fmt.Fprintf(out, `%s,`+line+`"text": %s`, logits, quoted(c.Text))
			}
			fmt.Fprintf(out, `,`+line+`"probability": %s`+"\n        }", number(c.Probability))
		}
		fmt.Fprint(out, "\n    ]")
	})
}

// writeObject writes a JSON object with a line for each question.
func writeObject(w io.Writer, all []Named, value func(*bufio.Writer, *Named)) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "{")
	for i := range all {
		if i > 0 {
			fmt.Fprint(out, ",")
		}
		fmt.Fprint(out, "\n    ")
		fmt.Fprint(out, quoted(all[i].ID), ": ")
		value(out, &all[i])
	}
	if len(all) > 0 {
		fmt.Fprint(out, "\n")
	}
	fmt.Fprint(out, "}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("squad: writing predictions: %w", err)
	}
	return nil
}

// quoted is a string in ASCII, as Python's json writes it.
func quoted(s string) string {
	short := map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}
	out := []byte{'"'}
	for _, r := range s {
		switch escape, ok := short[r]; {
		case ok:
			out = append(out, escape...)
		case r >= ' ' && r <= '~':
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return string(append(out, '"'))
}

// number writes a float as Python's repr does.
func number(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x):
		return "NaN"
	case math.IsInf(x, 0):
		return map[bool]string{true: "Infinity", false: "-Infinity"}[x > 0]
	case a != 0 && (a < 1e-4 || a >= 1e16):
		return strconv.FormatFloat(x, 'e', -1, 64)
	case x == math.Trunc(x):
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
