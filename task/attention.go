package task

import (
	"gobert/bert"
	"gobert/internal/report"
)

// What pages show: Attention is a model's, Page the whole.
type (
	Attention = report.Model
	Page      = report.Page
)

// Attending is the model as a report looks at its attention.
func (m *Model) Attending() Attention {
	encoder := m.Network.Encoder()
	c := encoder.Config
	return Attention{
		Tokenizer: m.Tokenizer, Layers: c.NumLayers, Heads: c.NumHeads, Positions: c.MaxPositions, Types: c.TypeVocabSize,
		Attention: func(ids, types []int32) ([][][]float32, error) {
			out, err := encoder.Encode(bert.Input{IDs: ids, Types: types, Offsets: []int32{0, int32(len(ids))}}, bert.Want{Attention: true})
			if err != nil {
				return nil, err
			}
			return out.Attention, nil
		},
	}
}
