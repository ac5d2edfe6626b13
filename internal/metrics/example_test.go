package metrics_test

import (
	"fmt"

	"gobert/internal/metrics"
)

func Example() {
	truth, predicted := []int{1, 0, 1, 1, 0}, []int{1, 0, 0, 1, 1}
	c, err := metrics.NewConfusion(truth, predicted, 2)
	if err != nil {
		panic(err)
	}
	fmt.Printf("accuracy %.4f\nf1 %.4f\nmatthews_correlation %.4f\n", c.Accuracy(), c.Class(1).F1, c.Matthews())
	// Output:
	// accuracy 0.6000
	// f1 0.6667
	// matthews_correlation 0.1667
}

func ExampleConlleval() {
	truth := [][]string{{"B-PER", "I-PER", "O", "B-LOC"}}
	predicted := [][]string{{"B-PER", "I-PER", "O", "B-PER"}}
	report, err := metrics.Conlleval(truth, predicted)
	if err != nil {
		panic(err)
	}
	fmt.Print(report)
	// Output:
	// processed 4 tokens with 2 phrases; found: 2 phrases; correct: 1.
	// accuracy:  75.00%; precision:  50.00%; recall:  50.00%; FB1:  50.00
	//               LOC: precision:   0.00%; recall:   0.00%; FB1:   0.00  0
	//               PER: precision:  50.00%; recall: 100.00%; FB1:  66.67  2
}
