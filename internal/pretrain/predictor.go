package pretrain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gobert/bert"
	"gobert/data/wordpiece"
	"gobert/heads"
	"gobert/internal/torch"
)

// Predictor is a pretrained model that is used: it fills masks and judges pairs.
type Predictor struct {
	Tokenizer *wordpiece.Tokenizer

	network  *heads.Pretraining
	mode     torch.Mode
	hasNext  bool
	hasMasks bool
}

// OpenPredictor opens a model folder, a run's folder, or a name on the hub.
func OpenPredictor(ctx context.Context, path string, o bert.Options) (*Predictor, error) {
	d, dtype, err := where(o.Device, o.Compute)
	if err != nil {
		return nil, err
	}
	checkpoint, err := bert.Open(ctx, path, o.Progress)
	if err != nil {
		return nil, err
	}
	tokenizer, err := wordpiece.Open(checkpoint.Folder)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w (hint: the model's folder must hold its tokenizer)", err), checkpoint.Close())
	}
	doubt, err := tokenizer.ForModel(checkpoint.Config.VocabSize)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pretrain: the tokenizer of %s: %w", checkpoint.Folder, err), checkpoint.Close())
	}
	if doubt != "" && o.Warn != nil {
		o.Warn(checkpoint.Folder + ": " + doubt)
	}
	network, err := heads.NewPretraining(checkpoint.Config)
	if err != nil {
		return nil, errors.Join(err, checkpoint.Close())
	}
	o.Device, o.Compute = d.String(), computeName(dtype)
	report, err := checkpoint.Place(network, o)
	if err != nil {
		return nil, err
	}
	p := &Predictor{Tokenizer: tokenizer, network: network, mode: torch.Mode{Device: d, Compute: dtype}, hasNext: true, hasMasks: true}
	for _, name := range report.Initialized {
		switch {
		case strings.HasPrefix(name, "cls.predictions"):
			p.hasMasks = false
		default:
			p.hasNext = p.hasNext && !strings.HasPrefix(name, "cls.seq_relationship") && !strings.Contains(name, "pooler")
		}
		if strings.Contains(name, "encoder.layer") || strings.Contains(name, "embeddings") {
			return nil, errors.Join(fmt.Errorf("pretrain: %s lacks %s: it is no BERT", path, name), network.Bert.Close())
		}
	}
	return p, nil
}

// Close releases the model.
func (p *Predictor) Close() error { return p.network.Bert.Close() }

// MaxLength is the most tokens that the model reads at once.
func (p *Predictor) MaxLength() int { return p.network.Bert.Config.MaxPositions }

// where reads the device and the compute type; "auto" looks at the machine.
func where(device, compute string) (torch.Device, torch.DType, error) {
	d, err := torch.ParseDevice(device)
	if err != nil {
		return d, 0, fmt.Errorf("--device: %w", err)
	}
	if compute == "auto" {
		if multiplies(d) {
			return d, torch.BFloat16, nil
		}
		return d, torch.Float32, nil
	}
	dtype, err := torch.ParseCompute(compute)
	if err != nil {
		return d, 0, fmt.Errorf("--compute: %w", err)
	}
	return d, dtype, nil
}

// ampere is the first capability that multiplies bfloat16.
const ampere = 8

// multiplies says whether a device multiplies bfloat16 itself.
func multiplies(d torch.Device) bool {
	if !d.IsCUDA() {
		return torch.CPUHasBF16()
	}
	card, err := d.Card()
	return err == nil && card.Major >= ampere
}

func computeName(t torch.DType) string {
	return map[torch.DType]string{torch.Float32: "fp32", torch.BFloat16: "bf16", torch.Float16: "fp16"}[t]
}

// packing collects sequences.
type packing struct {
	bert.Packing
	masks []int32 // rows that are to be predicted
}

// add appends [CLS] a [SEP] b [SEP], or [CLS] a [SEP].
func (k *packing) add(s wordpiece.Special, a, b []int32) {
	if len(k.Offsets) == 0 {
		k.Offsets = []int32{0}
	}
	put := func(id, kind int32) {
		if id == s.Mask {
			k.masks = append(k.masks, int32(len(k.IDs)))
		}
		k.IDs, k.Types = append(k.IDs, id), append(k.Types, kind)
	}
	put(s.Cls, 0)
	for _, id := range a {
		put(id, 0)
	}
	put(s.Sep, 0)
	if b != nil {
		for _, id := range b {
			put(id, 1)
		}
		put(s.Sep, 1)
	}
	k.Offsets = append(k.Offsets, int32(len(k.IDs)))
}
