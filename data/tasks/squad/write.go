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
	return writeObject(w, all, func(out *bufio.Writer, n *Named) { quote(out, n.Text) })
}

// WriteNullOdds writes null_odds.json: by question, how much surer no answer is than the best one.
func WriteNullOdds(w io.Writer, all []Named) error {
	return writeObject(w, all, func(out *bufio.Writer, n *Named) { out.WriteString(number(n.NullOdds)) })
}

// WriteBest writes nbest_predictions.json: by question, its candidates with probabilities and logits.
func WriteBest(w io.Writer, all []Named) error {
	const line = "\n            "
	return writeObject(w, all, func(out *bufio.Writer, n *Named) {
		out.WriteString("[")
		for i, c := range n.Candidates {
			if i > 0 {
				out.WriteString(",")
			}
			logits := fmt.Sprintf(`"start_logit": %s,`+line+`"end_logit": %s`, number(float64(c.First)), number(float64(c.Last)))
			out.WriteString("\n        {" + line)
			if c.standIn() {
				fmt.Fprintf(out, `"text": "empty",`+line+`%s`, logits)
			} else {
				fmt.Fprintf(out, `%s,`+line+`"text": `, logits)
				quote(out, c.Text)
			}
			fmt.Fprintf(out, `,`+line+`"probability": %s`+"\n        }", number(c.Probability))
		}
		out.WriteString("\n    ]")
	})
}

// writeObject writes a JSON object with a line for each question.
func writeObject(w io.Writer, all []Named, value func(*bufio.Writer, *Named)) error {
	out := bufio.NewWriter(w)
	out.WriteString("{")
	for i := range all {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString("\n    ")
		quote(out, all[i].ID)
		out.WriteString(": ")
		value(out, &all[i])
	}
	if len(all) > 0 {
		out.WriteString("\n")
	}
	out.WriteString("}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("squad: writing predictions: %w", err)
	}
	return nil
}

// quote writes a string in ASCII, as Python's json does.
func quote(out *bufio.Writer, s string) {
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteByte(byte(r))
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\r':
			out.WriteString(`\r`)
		case r == '\t':
			out.WriteString(`\t`)
		case r == '\b':
			out.WriteString(`\b`)
		case r == '\f':
			out.WriteString(`\f`)
		case r >= ' ' && r <= '~':
			out.WriteByte(byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(out, `\u%04x`, r)
		}
	}
	out.WriteByte('"')
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
