package finetune

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gobert/data/labelled"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/task"
)

// examplesFor are the arguments and files in the command lines that cards and pages show.
func examplesFor(kind labelled.Kind, pairs bool) task.Examples {
	if kind == labelled.Classify && pairs {
		return task.Examples{Arguments: "'a text of your own' 'the text beside it'", Input: "pairs.tsv", Data: "more.tsv"}
	}
	return task.Of(kind).Facts().Examples
}

// card is the model card: what the model is, what it was trained on and how, and how good it is.
func (t *training) card(result *Result) string {
	var b strings.Builder
	name := filepath.Base(filepath.Clean(t.job.Out))
	f := task.Of(t.job.Data.Kind).Facts()
	t.frontMatter(&b, name, f.Pipeline, result)
	fmt.Fprintf(&b, "\n# %s\n\nA BERT fine-tuned from `%s` for %s with gobert.\n", name, t.job.Model, describeTask(t.job.Data.Kind, t.model.Problem(), t.job.Data.Task))
	b.WriteString(fault.Command("\n## Use\n\n```sh\nfinetune predict %s {input} %s\n```\n\n", name, examplesFor(t.job.Data.Kind, t.job.Data.Train.Examples[0].HasPair).Input))
	b.WriteString(t.python(name, f.AutoClass, f.Pipeline))
	t.cardData(&b)
	if len(result.Metrics) > 0 {
		fmt.Fprintf(&b, "\n## Results on dev\n\nOf the weights after step %d of %d, chosen by %s.\n\n| measure | value |\n| --- | --- |\n", result.BestStep, result.Steps, result.Metric)
		for _, measure := range result.order {
			fmt.Fprintf(&b, "| %s | %.4f |\n", measure, result.Metrics[measure])
		}
		if dev := firstPart(t.job.Data.Dev); dev != nil && dev.Seen > 0 {
			fmt.Fprintf(&b, "\n%d of the %d dev examples are in the training data too: the measures are better than for new texts.\n", dev.Seen, len(dev.Examples))
		}
	}
	settings, _ := json.MarshalIndent(t.job.Settings, "", "  ")
	fmt.Fprintf(&b, "\n## Training\n\n%d steps in %.0f s on %s. All settings:\n\n```json\n%s\n```\n", result.Steps, result.Seconds, t.model.Device, settings)
	if t.dev != nil {
		b.WriteString("\n![Loss, learning rate and measures over the run](curves.png)\n")
	}
	b.WriteString("\nEvery logged step is in `metrics.jsonl`; TensorBoard reads the folder as it is.\n")
	return b.String()
}

// frontMatter is what the hub reads.
func (t *training) frontMatter(b *strings.Builder, name, tag string, result *Result) {
	library := "transformers"
	if t.job.LoRA && !t.job.Merge {
		library = "peft"
	}
	fmt.Fprintf(b, "---\nlibrary_name: %s\npipeline_tag: %s\n", library, tag)
	if _, err := os.Stat(t.job.Model); err != nil { // the hub takes its own names alone
		fmt.Fprintf(b, "base_model: %q\n", t.job.Model)
	}
	b.WriteString("tags:\n- gobert\n")
	if value, ok := result.Score(); ok {
		fmt.Fprintf(b, "model-index:\n- name: %q\n  results:\n  - task:\n      type: %s\n    dataset:\n      name: %q\n      type: %q\n    metrics:\n    - type: %s\n      value: %.6g\n",
			name, tag, t.job.Data.Task, t.job.Data.Task, result.Metric, value)
	}
	b.WriteString("---\n")
}

// python is how transformers opens the folder.
func (t *training) python(name, class, tag string) string {
	switch {
	case t.job.LoRA && !t.job.Merge:
		labels := ""
		if t.model.Labels != nil {
			labels = fmt.Sprintf(", num_labels=%d", t.model.Labels.Len())
		}
		class = strings.Replace(class, "Auto", "AutoPeft", 1)
		return fmt.Sprintf("```python\nfrom peft import %s\nmodel = %s.from_pretrained(%q%s)\n```\n", class, class, name, labels)
	case t.model.Pooling() != heads.CLS:
		return fmt.Sprintf("```python\nfrom transformers import pipeline\npredict = pipeline(%q, %q, trust_remote_code=True)\n```\n", tag, name)
	case t.job.Data.Kind == labelled.Choice:
		return fmt.Sprintf("```python\nfrom transformers import %s\nmodel = %s.from_pretrained(%q)\n```\n", class, class, name)
	}
	return fmt.Sprintf("```python\nfrom transformers import pipeline\npredict = pipeline(%q, %q)\n```\n", tag, name)
}

// cardData says what the model was trained on.
func (t *training) cardData(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Data\n\n| part | examples | features |\n| --- | --- | --- |\n| train | %d | %d |\n", len(t.train.Examples), t.train.All.Len())
	if t.dev != nil {
		fmt.Fprintf(b, "| dev | %d | %d |\n", len(t.dev.Examples), t.dev.All.Len())
	}
	for _, source := range t.job.Sources {
		fmt.Fprintf(b, "\nRead from `%s`.\n", source)
	}
	if l := t.model.Labels; l != nil && l.Problem != labelled.Regression {
		fmt.Fprintf(b, "\n%d labels: %s.\n", l.Len(), l.List())
	}
	if t.train.Truncated > 0 && t.job.Data.Kind != labelled.Span {
		fmt.Fprintf(b, "\n%d training texts were cut to %d tokens.\n", t.train.Truncated, t.options().MaxLength)
	}
}

func describeTask(kind labelled.Kind, problem labelled.Problem, name string) string {
	what := task.Of(kind).Facts().About
	if problem == labelled.Regression {
		what = "a number for each text"
	}
	if name == string(kind) {
		return what
	}
	return what + " (" + name + ")"
}
