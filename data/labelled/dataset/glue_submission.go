package dataset

import (
	"bufio"
	"fmt"
	"io"
	"strconv"

	"gobert/data/labelled"
	"gobert/internal/fault"
)

// SubmissionFile is the name GLUE's server expects: "SST-2.tsv", "MNLI-m.tsv".
func (t GLUETask) SubmissionFile(s Split) string {
	switch {
	case t.Name == "ax":
		return "AX.tsv"
	case t.Name == "mnli" && s == TestMismatched:
		return "MNLI-mm.tsv"
	case t.Name == "mnli":
		return "MNLI-m.tsv"
	}
	return t.Folder + ".tsv"
}

// WriteSubmission writes predictions in the order of the test file: label names, or numbers as text for STS-B, which are
// brought into its range of 0 to 5. The server takes 0 and 1 where the files have them, and names for the others.
func (t GLUETask) WriteSubmission(w io.Writer, predictions []string) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "index\tprediction\n")
	for i, p := range predictions {
		if t.Problem == labelled.Regression {
			x, err := strconv.ParseFloat(p, 64)
			if err != nil || x != x {
				return fmt.Errorf("dataset: writing the submission of %s: prediction %d is %q, expected a number", t.Folder, i, p)
			}
			p = strconv.FormatFloat(min(max(x, 0), 5), 'f', 3, 64)
		} else {
			k := t.id(p)
			if k < 0 {
				return fault.New("dataset: writing the submission of %s: prediction %d is %q, expected one of %q", t.Folder, i, p, t.Labels).
					Advise("was the model trained on this task?")
			}
			if t.written != nil {
				p = t.written[k]
			}
		}
		fmt.Fprintf(out, "%d\t%s\n", i, p)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("dataset: writing the submission of %s: %w", t.Folder, err)
	}
	return nil
}
