package pretrain

import (
	"fmt"

	"gobert/bert"
	"gobert/data/pretraining"
	"gobert/internal/fault"
	"gobert/internal/ui"
	"gobert/train"
	"gobert/train/run"
)

// startedEvent begins the line of the record that says on what a run is computed; baselineEvent the one with the baseline.
const (
	startedEvent  = "started on "
	baselineEvent = "baseline: always "
)

// introduce says what is about to happen, in one glance.
func (t *training) introduce(peak run.Peak) {
	c, log := t.config, t.Talk.Log
	log.Info("model", "name", t.config.origin(), "architecture", t.network.Architecture(), "parameters", ui.Count(float64(parameters(t.network))),
		"layers", t.network.Bert.Config.NumLayers, "hidden", t.network.Bert.Config.HiddenSize, "vocabulary", t.network.Bert.Config.VocabSize)
	if facts := t.texts.Facts(); facts.Examples > 0 {
		log.Info("TFRecords: fixed examples, the same in every epoch", "examples", facts.Examples, "held_out", t.texts.HeldOut(), "held_out_batches", len(t.held))
		if t.texts.Heldout != nil && c.Heldout == "" {
			log.Warn("examples are held out, not documents: other examples have the same sentences", "instead", fault.New("{heldout} may be a corpus or records of other text"))
		}
	} else {
		log.Info("corpus", "documents", facts.Documents, "sentences", facts.Sentences, "held_out", t.texts.HeldOut(), "held_out_batches", len(t.held))
		if cut := pretraining.Cut(t.texts.Train, c.longest()); cut > pretraining.MuchCut {
			log.Warn(fmt.Sprintf("%.0f %% of the text is never seen: sentences longer than a sequence are cut to its middle", 100*cut),
				"instead", fault.New("a longer {seq-length}, or a corpus of shorter sentences: pretrain data {split}"))
		}
	}
	how := "data sheet"
	if peak.Measured {
		how = "measured"
	}
	log.Info("machine", "device", t.Device, "compute", c.Compute, "peak", ui.Count(peak.FLOPs)+"FLOP/s", "peak_is", how)
	log.Info("baseline", "mlm_loss", fmt.Sprintf("%.4f", t.baseline.Loss), "mlm_accuracy", fmt.Sprintf("%.4f", t.baseline.Accuracy),
		"always", t.baseline.Token, "nsp_accuracy", fmt.Sprintf("%.4f", t.baseline.Next))
	for i, s := range c.stages() {
		log.Debug("stage", "number", i+1, "until", s.until, "length", s.length, "sequences", s.sequences, "tokens", s.tokens)
	}
}

// note records what a run begins with: where it is computed, and the baseline that its measures are compared with.
func (t *training) note() error {
	where := t.Device.String()
	if t.Device.IsCUDA() {
		if card, err := t.Device.Card(); err == nil {
			where += " (" + card.Name + ")"
		}
	}
	err := t.Note(startedEvent+where+", "+t.config.Compute, train.Value{Name: "parameters", Value: float64(parameters(t.network))})
	if err != nil {
		return err
	}
	return t.Note(baselineEvent+t.baseline.Token, train.Value{Name: "mlm_loss", Value: t.baseline.Loss},
		train.Value{Name: "mlm_accuracy", Value: t.baseline.Accuracy}, train.Value{Name: "nsp_accuracy", Value: t.baseline.Next})
}

// parameters counts a network's numbers.
func parameters(network bert.Network) (n int64) {
	for _, p := range bert.Parameters(network) {
		n += p.Numel()
	}
	return n
}
