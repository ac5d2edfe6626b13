package sparse

import (
	"math"

	"gobert/bert"
	"gobert/data/labelled/features"
	"gobert/heads"
	"gobert/internal/torch"
	"gobert/pipeline"
)

// rowsAtOnce is how many tokens meet the vocabulary at once: enough for the product to be fast, few enough for its result to be small, 16 MB
// with the usual 30,522 words. A whole batch's would be a quarter of a gigabyte.
const rowsAtOnce = 128

// Forward gives the vectors of a batch of texts in tokens. The model must fit: see [Fits].
func Forward(p *pipeline.Pipeline, b *features.Batch) ([]Vector, error) {
	if err := Fits(p); err != nil || b.Len() == 0 {
		return nil, err
	}
	e, err := p.Embedder()
	if err != nil {
		return nil, err
	}
	n := p.Model.Network.(*heads.Pretraining)
	list := make([]Vector, b.Len())
	err = torch.Run(func() error {
		mode := n.Bert.Mode()
		mode.Many = true
		return torch.Do(mode, func(pass *torch.Pass) error {
			in, err := n.Bert.Config.Pack(pass, bert.Packing{IDs: b.IDs, Types: b.Types, Offsets: b.Offsets})
			if err != nil {
				return err
			}
			pool := pooling{largest: make([]float32, n.Bert.Config.VocabSize), offsets: b.Offsets, list: list, twice: e.Logarithms == 2}
			last := n.Bert.Forward(pass, in, bert.Want{}).Last
			for row := 0; row < b.Tokens(); row += rowsAtOnce {
				mark := pass.Mark()
				rows := make([]int32, min(rowsAtOnce, b.Tokens()-row))
				for i := range rows {
					rows[i] = int32(row + i)
				}
				logits := n.MaskedLM.Logits(pass, n.Bert, last, torch.From(pass, rows, int64(len(rows)))) // [rows,V]
				if !pool.add(pass, logits, row) {
					return nan(p)
				}
				pass.Release(mark)
			}
			return nil
		})
	})
	return list, err
}

// pooling takes the maxima of texts, one after the other.
type pooling struct {
	offsets []int32
	list    []Vector
	twice   bool      // the logarithm is taken of the logarithm again, as OpenSearch's models have it (arXiv:2504.14839)
	text    int       // whose rows come next
	largest []float32 // [V] of the rows of that text which were seen; below 0 is as good as 0
}

// add takes the logits of rows from first on. False: they are no numbers.
func (p *pooling) add(pass *torch.Pass, logits *torch.Tensor, first int) bool {
	for from, end := first, first+int(logits.Dim(0)); from < end; {
		to := min(end, int(p.offsets[p.text+1]))
		// Logits grow with what is made of them, so that the largest is found first.
		values := torch.Values[float32](pass.Cast(pass.MaxDim(pass.Narrow(logits, 0, int64(from-first), int64(to-from)), 0), torch.Float32))
		if !bert.Finite(values) {
			return false
		}
		for i, x := range values {
			p.largest[i] = max(p.largest[i], x)
		}
		if from = to; to == int(p.offsets[p.text+1]) {
			p.list[p.text] = p.weights()
			clear(p.largest)
			p.text++
		}
	}
	return true
}

// weights are those that are not 0.
func (p *pooling) weights() Vector {
	n := 0
	for _, x := range p.largest {
		if x > 0 {
			n++
		}
	}
	v := make(Vector, 0, n)
	for i, x := range p.largest {
		if x > 0 {
			weight := math.Log1p(float64(x))
			if p.twice {
				weight = math.Log1p(weight)
			}
			v = append(v, Value{int32(i), float32(weight)})
		}
	}
	return v
}
