package pretrain

import (
	"fmt"

	"gobert/bert"
	"gobert/internal/train"
	"gobert/internal/ui"
)

// introduce says what is about to happen, in one glance.
func (r *run) introduce(peak train.Peak) {
	var parameters int64
	for _, p := range bert.Parameters(r.network) {
		parameters += p.Numel()
	}
	c, log := r.config, r.talk.Log
	log.Info("model", "name", r.about, "architecture", r.network.Architecture(), "parameters", ui.Count(float64(parameters)),
		"layers", r.network.Bert.Config.NumLayers, "hidden", r.network.Bert.Config.HiddenSize, "vocabulary", r.network.Bert.Config.VocabSize)
	if facts := r.texts.facts(); facts.Examples > 0 {
		log.Info("TFRecords: fixed examples, the same in every epoch", "examples", facts.Examples, "held_out_batches", len(r.held))
		if _, fixed := r.texts.heldout.(*records); fixed && c.Heldout == "" {
			log.Warn("examples are held out, not documents: other examples have the same sentences (hint: --heldout DIR, a corpus or records of other text)")
		}
	} else {
		log.Info("corpus", "documents", facts.Documents, "sentences", facts.Sentences, "held_out_batches", len(r.held))
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
