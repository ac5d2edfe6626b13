package metrics_test

import (
	"fmt"

	"gobert/internal/metrics"
)

func Example() {
	truth, predicted := []int{1, 0, 1, 1, 0}, []int{1, 0, 0, 1, 1}
	task, err := metrics.GLUETask("MRPC")
	if err != nil {
		panic(err)
	}
	values, err := task.Classify(truth, predicted)
	if err != nil {
		panic(err)
	}
	for _, v := range values {
		fmt.Printf("%s %.4f\n", v.Name, v.Value)
	}
	// Output:
	// accuracy 0.6000
	// f1 0.6667
	// combined_score 0.6333
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
