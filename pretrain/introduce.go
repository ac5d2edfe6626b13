package pretrain

import (
	"fmt"

	"gobert/bert"
	"gobert/internal/record"
	"gobert/internal/ui"
	"gobert/train"
)

// startedEvent begins the line of the record that says on what a run is computed; baselineEvent the one with the baseline.
const (
	startedEvent  = "started on "
	baselineEvent = "baseline: always "
)

// introduce says what is about to happen, in one glance.
func (r *run) introduce(peak train.Peak) {
	c, log := r.config, r.talk.Log
	log.Info("model", "name", r.config.origin(), "architecture", r.network.Architecture(), "parameters", ui.Count(float64(parameters(r.network))),
		"layers", r.network.Bert.Config.NumLayers, "hidden", r.network.Bert.Config.HiddenSize, "vocabulary", r.network.Bert.Config.VocabSize)
	if facts := r.texts.facts(); facts.Examples > 0 {
		log.Info("TFRecords: fixed examples, the same in every epoch", "examples", facts.Examples, "held_out", r.texts.heldOut(), "held_out_batches", len(r.held))
		if r.texts.heldout != nil && c.Heldout == "" {
			log.Warn("examples are held out, not documents: other examples have the same sentences (hint: heldout, a corpus or records of other text)")
		}
	} else {
		log.Info("corpus", "documents", facts.Documents, "sentences", facts.Sentences, "held_out", r.texts.heldOut(), "held_out_batches", len(r.held))
	}
	how := "data sheet"
	if peak.Measured {
		how = "measured"
	}
	log.Info("machine", "device", r.device, "compute", c.Compute, "peak", ui.Count(peak.FLOPs)+"FLOP/s", "peak_is", how)
	log.Info("baseline", "mlm_loss", fmt.Sprintf("%.4f", r.baseline.Loss), "mlm_accuracy", fmt.Sprintf("%.4f", r.baseline.Accuracy),
		"always", r.baseline.Token, "nsp_accuracy", fmt.Sprintf("%.4f", r.baseline.Next))
	for i, s := range c.stages() {
		log.Debug("stage", "number", i+1, "until", s.until, "length", s.length, "sequences", s.sequences, "tokens", s.tokens)
	}
}

// note records what a run begins with: where it is computed, and the baseline that its measures are compared with.
func (r *run) note(step int64) error {
	where := r.device.String()
	if r.device.IsCUDA() {
		if card, err := r.device.Card(); err == nil {
			where += " (" + card.Name + ")"
		}
	}
	err := r.log.Append(record.Entry{
		Kind: record.Event, Step: step, Text: startedEvent + where + ", " + r.config.Compute,
		Values: []record.Value{{Name: "parameters", Value: float64(parameters(r.network))}},
	})
	if err != nil {
		return err
	}
	return r.log.Append(record.Entry{Kind: record.Event, Step: step, Text: baselineEvent + r.baseline.Token, Values: []record.Value{
		{Name: "mlm_loss", Value: r.baseline.Loss},
		{Name: "mlm_accuracy", Value: r.baseline.Accuracy},
		{Name: "nsp_accuracy", Value: r.baseline.Next},
	}})
}

// parameters counts a network's numbers.
func parameters(network bert.Network) (n int64) {
	for _, p := range bert.Parameters(network) {
		n += p.Numel()
	}
	return n
}
