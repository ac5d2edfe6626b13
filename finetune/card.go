package finetune

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"gobert/data/labelled"
	"gobert/heads"
	"gobert/internal/fault"
	"gobert/task"
	"gobert/train/run"
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
	f := task.Of(t.job.Data.Kind).Facts()
	c := run.NewCard(t.job.Out, "transformers", f.Pipeline)
	if t.job.LoRA && !t.job.Merge {
		c.Library = "peft"
	}
	if _, err := os.Stat(t.job.Model); err != nil { // the hub takes its own names alone
		c.Base = t.job.Model
	}
	if value, ok := result.Score(); ok {
		c.Score, c.Of, c.Value = result.Metric, t.job.Data.Task, value
	}
	c.Text("A BERT fine-tuned from `%s` for %s with gobert.", t.job.Model, describeTask(t.job.Data.Kind, t.model.Problem(), t.job.Data.Task))
	c.Section("Use")
	c.Code("sh", fault.Command("finetune predict %s {input} %s", c.Name, examplesFor(t.job.Data.Kind, t.job.Data.Train.Examples[0].HasPair).Input))
	c.Code("python", t.python(c.Name, f.AutoClass, f.Pipeline))
	t.cardData(c)
	if len(result.Metrics) > 0 {
		c.Section("Results on dev")
		c.Text("Of the weights after step %d of %d, chosen by %s.", result.BestStep, result.Steps, result.Metric)
		rows := [][]string{{"measure", "value"}}
		for _, measure := range result.order {
			rows = append(rows, []string{measure, fmt.Sprintf("%.4f", result.Metrics[measure])})
		}
		c.Table(rows...)
		if dev := firstPart(t.job.Data.Dev); dev != nil && dev.Seen > 0 {
			c.Text("%d of the %d dev examples are in the training data too: the measures are better than for new texts.", dev.Seen, len(dev.Examples))
		}
	}
	c.Section("Training")
	c.Text("%d steps in %.0f s on %s. All settings:", result.Steps, result.Seconds, t.model.Device)
	settings, _ := json.MarshalIndent(t.job.Settings, "", "  ")
	c.Code("json", string(settings))
	if t.dev != nil {
		c.Text("![Loss, learning rate and measures over the run](curves.png)")
	}
	c.Text("Every logged step is in `metrics.jsonl`; TensorBoard reads the folder as it is.")
	return c.String()
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
		return fmt.Sprintf("from peft import %s\nmodel = %s.from_pretrained(%q%s)", class, class, name, labels)
	case t.model.Pooling() != heads.CLS:
		return fmt.Sprintf("from transformers import pipeline\npredict = pipeline(%q, %q, trust_remote_code=True)", tag, name)
	case t.job.Data.Kind == labelled.Choice:
		return fmt.Sprintf("from transformers import %s\nmodel = %s.from_pretrained(%q)", class, class, name)
	}
	return fmt.Sprintf("from transformers import pipeline\npredict = pipeline(%q, %q)", tag, name)
}

// cardData says what the model was trained on.
func (t *training) cardData(c *run.Card) {
	c.Section("Data")
	rows := [][]string{{"part", "examples", "features"}, {"train", fmt.Sprint(len(t.train.Examples)), fmt.Sprint(t.train.All.Len())}}
	if t.dev != nil {
		rows = append(rows, []string{"dev", fmt.Sprint(len(t.dev.Examples)), fmt.Sprint(t.dev.All.Len())})
	}
	c.Table(rows...)
	for _, source := range t.job.Sources {
		c.Text("Read from `%s`.", source)
	}
	if l := t.model.Labels; l != nil && l.Problem != labelled.Regression {
		c.Text("%d labels: %s.", l.Len(), l.List())
	}
	if t.train.Truncated > 0 && t.job.Data.Kind != labelled.Span {
		c.Text("%d training texts were cut to %d tokens.", t.train.Truncated, t.options().MaxLength)
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
