package dataset

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/data/labelled"
)

// GLUETask is one of the nine, or the diagnostic set that a model of MNLI is tried on.
type GLUETask struct {
	Name    string // "sst-2"
	Folder  string // "SST-2"
	Pair    bool
	Problem labelled.Problem
	Labels  []string // in the order of the ids that the datasets library gives; one for STS-B
	// Measures are what the benchmark's program gives, in its order: their mean, where there are several, decides between models.
	// The diagnostic set has none.
	Measures []string

	text, pair, label []string // names of the columns, as the files have them
	written           []string // Labels as the files write them, where they differ
}

// GLUETasks lists the nine in GLUE's order, and last the diagnostic set.
func GLUETasks() []GLUETask {
	entails := []string{"entailment", "not_entailment"}
	binary := []string{"0", "1"}
	pair1, pair2, label := []string{"sentence1"}, []string{"sentence2"}, []string{"label"}
	three := []string{"entailment", "neutral", "contradiction"}
	accuracy, both := []string{"accuracy"}, []string{"accuracy", "f1"}
	return []GLUETask{
		{Name: "cola", Folder: "CoLA", Problem: labelled.Single, Labels: []string{"unacceptable", "acceptable"}, Measures: []string{"matthews_correlation"}, text: []string{"sentence"}, label: label, written: binary},
		{Name: "sst-2", Folder: "SST-2", Problem: labelled.Single, Labels: []string{"negative", "positive"}, Measures: accuracy, text: []string{"sentence"}, label: label, written: binary},
		{Name: "mrpc", Folder: "MRPC", Pair: true, Problem: labelled.Single, Labels: []string{"not_equivalent", "equivalent"}, Measures: both, text: []string{"#1 String"}, pair: []string{"#2 String"}, label: []string{"Quality"}, written: binary},
		{Name: "sts-b", Folder: "STS-B", Pair: true, Problem: labelled.Regression, Labels: []string{"LABEL_0"}, Measures: []string{"pearson", "spearmanr"}, text: pair1, pair: pair2, label: []string{"score"}},
		{Name: "qqp", Folder: "QQP", Pair: true, Problem: labelled.Single, Labels: []string{"not_duplicate", "duplicate"}, Measures: both, text: []string{"question1"}, pair: []string{"question2"}, label: []string{"is_duplicate"}, written: binary},
		{Name: "mnli", Folder: "MNLI", Pair: true, Problem: labelled.Single, Labels: three, Measures: accuracy, text: pair1, pair: pair2, label: []string{"gold_label"}},
		{Name: "qnli", Folder: "QNLI", Pair: true, Problem: labelled.Single, Labels: entails, Measures: accuracy, text: []string{"question"}, pair: []string{"sentence"}, label: label},
		{Name: "rte", Folder: "RTE", Pair: true, Problem: labelled.Single, Labels: entails, Measures: accuracy, text: pair1, pair: pair2, label: label},
		{Name: "wnli", Folder: "WNLI", Pair: true, Problem: labelled.Single, Labels: []string{"not_entailment", "entailment"}, Measures: accuracy, text: pair1, pair: pair2, label: label, written: binary},
		{Name: "ax", Folder: "diagnostic", Pair: true, Problem: labelled.Single, Labels: three, text: []string{"sentence1", "Premise"}, pair: []string{"sentence2", "Hypothesis"}, label: []string{"Label"}},
	}
}

// FindGLUE returns a task by name: "sst2", "SST-2" and "sst_2" are the same.
func FindGLUE(name string) (GLUETask, bool) {
	plain := strings.NewReplacer("-", "", "_", "")
	want := plain.Replace(strings.ToLower(name))
	for _, t := range GLUETasks() {
		if plain.Replace(t.Name) == want {
			return t, true
		}
	}
	return GLUETask{}, false
}

// CombinedScore is the mean of a task's measures.
const CombinedScore = "combined_score"

// Best is the measure that decides between models; "" of the diagnostic set.
func (t GLUETask) Best() string {
	switch len(t.Measures) {
	case 0:
		return ""
	case 1:
		return t.Measures[0]
	}
	return CombinedScore
}

// Split is a part of a task's data.
type Split string

// The splits; MNLI has two of dev and test.
const (
	Train          Split = "train"
	Dev            Split = "dev"
	DevMismatched  Split = "dev-mismatched"
	Test           Split = "test"
	TestMismatched Split = "test-mismatched"
)

// Splits lists the splits that a task has.
func (t GLUETask) Splits() []Split {
	switch t.Name {
	case "mnli":
		return []Split{Train, Dev, DevMismatched, Test, TestMismatched}
	case "ax":
		return []Split{Test}
	}
	return []Split{Train, Dev, Test}
}

// names lists the files a split may be in, the usual one first.
func (t GLUETask) names(s Split) []string {
	base, mismatched := strings.CutSuffix(string(s), "-mismatched")
	switch {
	case t.Name == "ax":
		return []string{"diagnostic.tsv", "diagnostic-full.tsv", "test.tsv"}
	case t.Name == "mnli" && mismatched:
		return []string{base + "_mismatched.tsv"}
	case t.Name == "mnli" && s != Train:
		return []string{base + "_matched.tsv"}
	case t.Name == "mrpc" && s == Test:
		return []string{"test.tsv", "msr_paraphrase_test.txt"}
	case t.Name == "mrpc":
		return []string{string(s) + ".tsv", "msr_paraphrase_train.txt"}
	}
	return []string{base + ".tsv"}
}

// Path returns the file of a split in a task's folder, or in the folder above it that holds all tasks. The error wraps
// fs.ErrNotExist where there is none.
func (t GLUETask) Path(folder string, s Split) (string, error) {
	names := t.names(s)
	folders := []string{folder, filepath.Join(folder, t.Folder), filepath.Join(folder, strings.ToLower(t.Folder)), filepath.Join(folder, t.Name)}
	if t.Name == "ax" {
		folders = append(folders, filepath.Join(folder, "MNLI"), filepath.Join(folder, "AX"))
	}
	for _, f := range folders {
		for _, name := range names {
			path := filepath.Join(f, name)
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				if strings.HasPrefix(name, "msr_paraphrase_train") && devIDs(f) == "" {
					continue
				}
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("dataset: looking for the %s file of %s: %s: no %s here or in %s%c: %w", s, t.Folder, folder,
		strings.Join(names, " or "), t.Folder, filepath.Separator, fs.ErrNotExist)
}

// devIDs is the list of MRPC's dev pairs in a folder, or empty.
func devIDs(folder string) string {
	for _, name := range []string{"dev_ids.tsv", "mrpc_dev_ids.tsv"} {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// id returns the index of a label as a file writes it, or by name.
func (t GLUETask) id(label string) int {
	if i := slices.Index(t.written, label); i >= 0 {
		return i
	}
	return slices.Index(t.Labels, label)
}
