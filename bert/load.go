package bert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/hub"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// Checkpoint is an opened model: its configuration and its weights, mapped, not read.
type Checkpoint struct {
	Folder string
	Config Config

	source    *weights.File
	stretched bool // see Stretch
	taken     int  // see TakeLayers
}

// Progress is told how many bytes of a file have arrived, of how many. Before anything is known, when the hub is asked about a
// model, file is "NAME at ADDRESS" and total is -1.
type Progress func(file string, done, total int64)

// Open finds a model and opens it. name is a folder, a weights file in one, or a name on the Hugging Face hub
// ("google-bert/bert-base-uncased", "owner/name@revision"), which is downloaded into the cache that Python uses too. The
// format is found by looking: safetensors or pickles, whole or in shards, or a TensorFlow checkpoint. progress may be nil.
func Open(ctx context.Context, name string, progress Progress) (*Checkpoint, error) {
	path, folder, err := hub.Locate(ctx, name, progress)
	if err != nil {
		return nil, fmt.Errorf("bert: %w", err)
	}
	config, err := ReadConfig(folder)
	if err != nil {
		return nil, err
	}
	source, err := weights.Open(path)
	if err != nil {
		return nil, fmt.Errorf("bert: %w", err)
	}
	c := &Checkpoint{Folder: folder, Config: config, source: source}
	if err := errors.Join(c.agree(config), c.agreeQuantized()); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Has says whether the checkpoint holds a parameter, by its name in the network.
func (c *Checkpoint) Has(name string) bool {
	_, ok := c.find(name)
	return ok
}

// Close unmaps the weights. Models that were filled from the checkpoint must not be used afterwards, unless they were moved
// into a [Store].
func (c *Checkpoint) Close() error { return c.source.Close() }

// Report says where a network's parameters came from.
type Report struct {
	Loaded      []string // found in the checkpoint
	Initialized []string // not there: drawn anew
	Unused      []string // in the checkpoint, but without a place in the network
}

// Fill points a network's parameters at the checkpoint's weights, on the CPU, without a copy where the file holds fp32.
// Parameters that the checkpoint lacks are drawn from the seed, and so are those that anew names, such as the head of another task
// (nil: none). A weight of another shape, and one of the encoder that the network has no place for, is an error.
func (c *Checkpoint) Fill(n Network, seed uint64, anew func(name string) bool) (report Report, err error) {
	if err := c.agree(n.Encoder().Config); err != nil {
		return report, err
	}
	used := map[string]bool{}
	err = torch.Run(func() error {
		n.Encoder().unreorder()
		var missing []*Parameter
		for _, p := range Parameters(n) {
			w, ok := c.find(p.Name)
			if !ok || anew != nil && anew(p.Name) {
				missing = append(missing, p)
				report.Initialized = append(report.Initialized, p.Name)
				continue
			}
			used[w.Name], used[w.Name+scaleOf] = true, true
			report.Loaded = append(report.Loaded, p.Name)
			if err := c.fill(p, w); err != nil {
				return err
			}
		}
		for _, p := range missing {
			p.set(torch.NewEmpty(torch.Float32, torch.CPU, p.Shape...))
		}
		InitializeMissing(missing, n.Encoder().Config.InitializerRange, seed)
		return nil
	})
	if err != nil {
		return report, err
	}
	var unused []weights.Tensor
	for _, w := range c.source.Tensors() {
		if !used[w.Name] && !strings.HasPrefix(w.Name, "cls.predictions.decoder.") { // the decoder is a copy of what is tied
			unused = append(unused, w)
			report.Unused = append(report.Unused, w.Name)
		}
	}
	return report, c.leftOver(unused)
}

// find looks a parameter up under the names that checkpoints give it: with and without the encoder's prefix, and the bias of
// the masked language model head where older files keep it.
func (c *Checkpoint) find(name string) (weights.Tensor, bool) {
	names := []string{name}
	if bare, ok := strings.CutPrefix(name, Prefix+"."); ok {
		names = append(names, bare)
	} else {
		names = append(names, Prefix+"."+name)
	}
	if name == "cls.predictions.bias" {
		names = append(names, "cls.predictions.decoder.bias")
	}
	for _, n := range names {
		if w, ok := c.source.Tensor(n); ok {
			return w, true
		}
	}
	return weights.Tensor{}, false
}

// onDisk maps the types that weights are kept in to LibTorch's.
var onDisk = map[weights.DType]torch.DType{weights.F32: torch.Float32, weights.F16: torch.Float16, weights.BF16: torch.BFloat16, weights.F64: torch.Float64}

func (c *Checkpoint) fill(p *Parameter, w weights.Tensor) error {
	from, to := w.Shape, p.Shape
	short := c.stretched && strings.HasSuffix(p.Name, positionTable) && len(from) == 2 && from[0] < to[0] && from[1] == to[1]
	if short {
		to = from
	}
	read := func() (*torch.Tensor, error) { return readWeight(w, to, true) }
	if w.DType == weights.I8 && p.Kind == Matrix {
		read = func() (*torch.Tensor, error) { return c.integers(w, to) }
	}
	value, err := read()
	if err != nil {
		return err
	}
	if short {
		table := value
		defer table.Free()
		value = torch.NewFrom(stretch(torch.Values[float32](table), from, p.Shape[0]), torch.CPU, p.Shape...)
	}
	p.set(value)
	return nil
}

// readWeight gives a weight of a file, which must have the given shape, in fp32 on the CPU. Where the file holds that, and stays mapped,
// nothing is copied.
func readWeight(w weights.Tensor, shape []int64, mapped bool) (*torch.Tensor, error) {
	dtype, ok := onDisk[w.DType]
	switch {
	case !slices.Equal(w.Shape, shape):
		return nil, fault.New("bert: %s in %s has the shape %v, but the configuration of the model asks for %v", w.Original, w.File, w.Shape, shape).Advise("config.json and the weights do not belong together")
	case !ok:
		return nil, fmt.Errorf("bert: %s in %s holds %v: expected F32, F16, BF16 or F64", w.Original, w.File, w.DType)
	case mapped && !w.Transposed && dtype == torch.Float32:
		return torch.NewOver(w.Data, torch.Float32, w.Shape...), nil
	}
	x := torch.NewFromBytes(w.Rows(), dtype, torch.CPU, w.Shape...)
	if dtype == torch.Float32 {
		return x, nil
	}
	defer x.Free()
	return x.To(torch.Float32, torch.CPU), nil
}

// stretch interpolates a table of positions linearly to more rows; the first and the last row stay.
func stretch(table []float32, shape []int64, rows int64) []float32 {
	from, width := shape[0], shape[1]
	out := make([]float32, rows*width)
	for r := range rows {
		at := float64(r) * float64(from-1) / float64(max(1, rows-1))
		low := min(int64(at), from-1)
		high, share := min(low+1, from-1), float32(at-float64(low))
		for i := range width {
			out[r*width+i] = table[low*width+i]*(1-share) + table[high*width+i]*share
		}
	}
	return out
}
