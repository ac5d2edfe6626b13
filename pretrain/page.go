package pretrain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gobert/data/pretraining"
	"gobert/data/pretraining/texts"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/record"
	"gobert/internal/report"
	"gobert/internal/settings"
	"gobert/internal/ui"
	"gobert/pipeline"
	"gobert/train/run"
)

// ReportFile is the page's name in a run's folder.
const ReportFile = "report.html"

// told is all that a page is made from. What a run lacks is nil.
type told struct {
	folder   string
	config   Config
	settings []report.Fact
	entries  []record.Entry
	measured record.Entry // the last evaluation
	baseline *Baseline
	texts    *texts.Texts
	model    *pipeline.Pipeline
	notes    []string
}

// Page gathers what a run's folder tells, for package report. sentences are shown in the attention view; a pair is written
// "A [SEP] B", and judged; masks are filled. Without any, the page shows held-out ones. A run that still goes is fine.
func Page(ctx context.Context, folder string, sentences []string) (p report.Page, err error) {
	t := &told{folder: folder, texts: &texts.Texts{}}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := t.read(); err != nil {
		return p, err
	}
	t.openCorpus()
	if err := t.openModel(ctx, len(sentences) > 0); err != nil {
		return p, err
	}
	t.findBaseline()
	p = report.Page{
		Title: fmt.Sprintf("What %q learnt", name(folder)), About: t.about(), Facts: t.facts(), Results: t.results(), Panels: t.panels(),
		Settings: t.settings, Baseline: "A baseline that reads nothing stands beside each measure.", Measured: t.measuredOn(), Name: name(folder),
	}
	samples, err := readSamples(folder)
	if err != nil {
		return p, err
	}
	p.Samples = moments(samples)
	p.Next = t.next(samples)
	if p.Asked, err = t.asked(ctx, sentences); err != nil {
		return p, err
	}
	if p.Attention, err = t.attention(sentences, samples); err != nil {
		return p, err
	}
	p.Notes = t.notes
	return p, nil
}

// measuredOn says what the results were measured on, where it is not simply other text.
func (t *told) measuredOn() string {
	m, err := texts.ManifestOf(t.config.Data)
	switch {
	case t.texts.Train != nil && t.texts.Heldout == nil, err == nil && m != nil && m.HeldOut.Documents == 0 && t.config.Heldout == "" && m.Settings.HeldOut > 0:
		return "the very text that it was trained on: nothing was held out"
	case t.texts.Heldout != nil && t.texts.Heldout.Fixed() && t.config.Heldout == "":
		return "held-out examples, whose sentences are in other examples too"
	case err == nil && m != nil && m.HeldOutBy == pretraining.HeldOutTails && t.config.Heldout == "":
		return "the last sentences of documents that it was trained on up to there"
	}
	return ""
}

// name is how a run is called: its folder's name.
func name(folder string) string {
	if whole, err := filepath.Abs(folder); err == nil {
		folder = whole
	}
	return filepath.Base(folder)
}

// read reads the configuration and the record.
func (t *told) read() error {
	if _, err := os.Stat(t.folder); err != nil {
		return fmt.Errorf("pretrain: reading a run: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(t.folder, run.ConfigFile))
	if errors.Is(err, os.ErrNotExist) {
		hint := "give the folder that 'pretrain train' made"
		if disk.IsThere(filepath.Join(t.folder, run.ResultFile)) {
			hint = "it is a fine-tuned model: finetune report " + t.folder
		}
		return fault.New("pretrain: %s is no run of pretraining: it has no %s", t.folder, run.ConfigFile).Advise("%s", hint)
	}
	if err != nil {
		return fmt.Errorf("pretrain: reading a run: %w", err)
	}
	if err = settings.Read(text, &t.config); err != nil {
		return fmt.Errorf("pretrain: reading %s: %w", filepath.Join(t.folder, run.ConfigFile), err)
	}
	if t.settings, err = report.Settings(text); err != nil {
		return fmt.Errorf("pretrain: reading %s: %w", filepath.Join(t.folder, run.ConfigFile), err)
	}
	if t.entries, err = record.Read(t.folder); err != nil {
		return err
	}
	steps, _ := record.Series(t.entries, record.Step, "loss")
	if t.measured, _ = report.Last(t.entries, record.Evaluation); len(steps) == 0 && t.measured.Kind == "" {
		return fault.New("pretrain: %s has logged nothing yet", t.folder).Advise("it logs every %d steps; wait a little", t.config.LogEvery)
	}
	return nil
}

// openCorpus opens what the run was trained on, if it is still there.
func (t *told) openCorpus() {
	c := t.config.Examples
	if c.HeldoutShare < 0 || c.HeldoutShare > 0.5 {
		c.HeldoutShare = 0
	}
	opened, err := texts.Open(c.text())
	if err != nil {
		_ = opened.Close()
		t.notes = append(t.notes, "The corpus could not be opened any more: "+strings.ReplaceAll(err.Error(), "\n", "; ")+".")
		return
	}
	t.texts = opened
}

// openModel opens the run's model, which is there as soon as the first checkpoint is.
func (t *told) openModel(ctx context.Context, needed bool) error {
	if !disk.IsThere(filepath.Join(t.folder, "config.json")) {
		if needed {
			return fault.New("pretrain: %s has no model yet that could read the sentences", t.folder).Advise("it saves every %d steps", t.config.SaveEvery)
		}
		t.notes = append(t.notes, "The run has saved no model yet: there is no attention view.")
		return nil
	}
	var err error
	t.model, err = pipeline.Open(ctx, t.folder, pipeline.Options{Device: "cpu", Compute: "fp32"})
	return err
}

// findBaseline takes the baseline from the record, or measures it as the run did.
func (t *told) findBaseline() {
	for _, e := range t.entries {
		if token, ok := strings.CutPrefix(e.Text, baselineEvent); ok && e.Kind == record.Event {
			b := &Baseline{Token: token}
			b.Loss, _ = e.Value("mlm_loss")
			b.Accuracy, _ = e.Value("mlm_accuracy")
			b.Next, _ = e.Value("nsp_accuracy")
			t.baseline = b
		}
	}
	if t.baseline != nil || t.texts.Tokenizer == nil {
		return
	}
	v, err := texts.Vocabulary(t.texts.Tokenizer)
	if err != nil {
		return
	}
	length, batch := t.config.measured()
	batches, err := heldout(t.texts.Evaluation(), v, length, t.config.NSP, t.config.EvaluateSequences, batch)
	if err != nil {
		t.notes = append(t.notes, "There is no baseline: "+err.Error()+".")
		return
	}
	b := unigram(t.texts.Train, v.Size, t.texts.Tokenizer.Token, batches)
	t.baseline = &b
}

func (t *told) close() error {
	err := t.texts.Close()
	if t.model != nil {
		err = errors.Join(err, t.model.Close())
	}
	return err
}

// results are the last evaluation beside the baseline.
func (t *told) results() (list []report.Result) {
	held := func(name string) (float64, bool) { return t.measured.Value(name) }
	var base Baseline
	if t.baseline != nil {
		base = *t.baseline
	}
	add := func(r report.Result, known bool) {
		if !known {
			r.Baseline, r.Of, r.Base = "", "", -1
		}
		list = append(list, r)
	}
	share := func(x float64) string { return fmt.Sprintf("%.1f%%", 100*x) }
	if x, ok := held("mlm_accuracy"); ok {
		add(report.Result{Name: "Masked words guessed right", Shown: share(x), Baseline: share(base.Accuracy), Of: fmt.Sprintf("always %q", base.Token), Share: x, Base: base.Accuracy}, t.baseline != nil)
	}
	if x, ok := held("nsp_accuracy"); ok {
		add(report.Result{Name: "Next sentence judged right", Shown: share(x), Baseline: share(base.Next), Of: "always the same answer", Share: x, Base: base.Next}, t.baseline != nil)
	}
	if x, ok := held("mlm_loss"); ok {
		add(report.Result{Name: "Loss of masked words (nats)", Shown: fmt.Sprintf("%.3f", x), Baseline: fmt.Sprintf("%.3f", base.Loss), Of: "from token frequencies", Share: -1, Base: -1}, t.baseline != nil)
		add(report.Result{Name: "Perplexity", Shown: fmt.Sprintf("%.1f", math.Exp(x)), Baseline: fmt.Sprintf("%.1f", base.Perplexity()), Of: "from token frequencies", Share: -1, Base: -1}, t.baseline != nil)
	}
	if x, ok := held("nsp_loss"); ok {
		add(report.Result{Name: "Loss of next sentences (nats)", Shown: fmt.Sprintf("%.3f", x), Baseline: fmt.Sprintf("%.3f", base.NextLoss()), Of: "from the share of the answers", Share: -1, Base: -1}, t.baseline != nil)
	}
	return list
}

// panels are the curves.
func (t *told) panels() []report.Panel {
	line := func(name string, y float64) []report.Line {
		if t.baseline == nil || y == 0 {
			return nil
		}
		return []report.Line{{Name: name, Y: y}}
	}
	var base Baseline
	if t.baseline != nil {
		base = *t.baseline
	}
	list := []report.Measure{
		{Title: "Loss", Unit: "nats", Name: "loss"},
		{Title: "Masked words guessed right", Unit: "%", Name: "mlm_accuracy", Lines: line(fmt.Sprintf("always %q", base.Token), base.Accuracy)},
		{Title: "Next sentence judged right", Unit: "%", Name: "nsp_accuracy", Lines: line("always one answer", base.Next)},
		{Title: "Loss of masked words", Unit: "nats", Name: "mlm_loss", Lines: line("token frequencies", base.Loss)},
	}
	return report.Panels(t.entries, append(list, report.Machinery()...))
}

// elapsed is the time that the run took up to its last logged step.
func elapsed(last record.Entry) string {
	if s, ok := last.Value("seconds"); ok {
		return ui.Span(time.Duration(s * float64(time.Second)))
	}
	return ""
}
