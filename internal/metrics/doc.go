// Package metrics computes the official figures of BERT's tasks: what scikit-learn, scipy, seqeval, conlleval and SQuAD's
// scripts say about the same predictions, to the last digit.
//
//	c, err := metrics.NewConfusion(truth, predicted, 3)
//	c.Accuracy()                        // sklearn's accuracy_score
//	c.Average(metrics.Macro).F1         // f1_score(average="macro")
//	c.Matthews()                        // matthews_corrcoef
//	metrics.Pearson(x, y)               // scipy's pearsonr
//	report, err := metrics.Entities(truth, predicted) // seqeval
//	scores, err := metrics.SQuAD2(questions, predictions, noAnswer, 1) // evaluate-v2.0.py
//
// Where the reference warns and goes on, the same number comes out here: 0 where nothing was predicted, NaN where a mean is
// that of nothing or a correlation that of a constant. Where the reference raises an error, there is one here. Sums are made
// in numpy's order. All numbers are float64; scipy given float32 arrays computes in that, and differs from the seventh digit.
//
// # Files
//
//   - confusion.go: Confusion: counts of single labels, accuracy, Matthews
//   - average.go: Scores, Average: precision, recall, F1, and their averages
//   - multilabel.go: Multilabel: several labels at once
//   - correlation.go: Pearson, Spearman
//   - regression.go: squared and absolute errors, perplexity
//   - table.go: Row, Table: scores of classes as text, a confusion matrix
//   - scheme.go: entities in tags: strictly by IOB2, IOE2, IOBES, BILOU, and Chunks, as seqeval's default mode reads them
//   - entities.go: Entities, StrictEntities: seqeval's report
//   - conlleval.go: Conlleval: the script of the CoNLL shared tasks
//   - answer.go: exact match and F1 of SQuAD
//   - squad.go: SQuAD1, SQuAD2, and the best no-answer threshold
//   - bootstrap.go: Bootstrap: confidence intervals
//   - calibration.go: Calibrate: is a model as sure as it is right
//   - sum.go: additions in the order of numpy and OpenBLAS
//
// The golden cases in testdata were made by those programs; testdata/generate.py says which versions.
package metrics
