package bert

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/intake"
	"gobert/internal/weights"
)

// tables are the sizes that config.json and the weights both know.
var tables = []struct {
	key    string
	weight string
	axis   int
	size   func(c Config) int
}{
	{"hidden_size", "embeddings.word_embeddings.weight", 1, func(c Config) int { return c.HiddenSize }},
	{"vocab_size", "embeddings.word_embeddings.weight", 0, func(c Config) int { return c.VocabSize }},
	{"type_vocab_size", "embeddings.token_type_embeddings.weight", 0, func(c Config) int { return c.TypeVocabSize }},
	{"max_position_embeddings", positionTable, 0, func(c Config) int { return c.MaxPositions }},
	{"intermediate_size", layerPrefix + "0.intermediate.dense.weight", 0, func(c Config) int { return c.IntermediateSize }},
}

const (
	positionTable = "embeddings.position_embeddings.weight"
	layerPrefix   = "encoder.layer."
)

// agree compares a configuration with the weights. A model that is smaller or larger than its weights gives other numbers than
// they were trained for, so it is refused, unless it was asked for: see [Checkpoint.Stretch] and [Checkpoint.TakeLayers].
func (c *Checkpoint) agree(config Config) error {
	says := configPath(c.Folder)
	for _, t := range tables {
		w, ok := c.find(t.weight)
		if !ok || len(w.Shape) <= t.axis {
			continue
		}
		has, want := w.Shape[t.axis], int64(t.size(config))
		short := t.weight == positionTable && has < want
		if has == want || short && c.stretched {
			continue
		}
		wrong := fault.New("bert: %s says %s %d, but %s in %s has the shape %v: expected %d", says, t.key, want, w.Original, w.File, w.Shape, has)
		if short {
			return wrong.Advise("set it to %d; pretrain train {positions} stretches the table, if that is what you want", has)
		}
		return wrong.Advise("they do not belong together")
	}
	has := c.layers()
	asked := c.taken > 0 && config.NumLayers == c.taken
	if has > 0 && has != config.NumLayers && !asked {
		return fault.New("bert: %s says num_hidden_layers %d, but the weights hold %d layers, encoder.layer.0 to %d: expected as many", says, config.NumLayers, has, has-1).Advise("set it to %d", has)
	}
	return nil
}

// layers counts the encoder layers that the weights hold.
func (c *Checkpoint) layers() (count int) {
	for _, w := range c.source.Tensors() {
		if rest, ok := strings.CutPrefix(strings.TrimPrefix(w.Name, Prefix+"."), layerPrefix); ok {
			number, _, _ := strings.Cut(rest, ".")
			if n, err := strconv.Atoi(number); err == nil {
				count = max(count, n+1)
			}
		}
	}
	return count
}

// leftOver refuses weights of the encoder that the network has no place for: what they do is missing in its numbers.
func (c *Checkpoint) leftOver(unused []weights.Tensor) error {
	for _, w := range unused {
		name := strings.TrimPrefix(w.Name, Prefix+".")
		layer, isLayer := strings.CutPrefix(name, layerPrefix)
		number, _, _ := strings.Cut(layer, ".")
		if n, err := strconv.Atoi(number); isLayer && err == nil && c.taken > 0 && n >= c.taken {
			continue
		}
		if isLayer || strings.HasPrefix(name, "embeddings.") && !strings.HasSuffix(name, "_ids") { // buffers: position_ids, token_type_ids
			return fmt.Errorf("bert: %s in %s has no place in BERT as %s describes it: it is of another architecture", w.Original, w.File, configPath(c.Folder))
		}
	}
	return nil
}

// Stretch asks for more positions than the checkpoint has: its table is interpolated linearly. Fewer change nothing.
func (c *Checkpoint) Stretch(positions int) {
	if positions > c.Config.MaxPositions {
		c.Config.MaxPositions, c.stretched = positions, true
	}
}

// TakeLayers asks for the first layers alone, as a smaller student begins (Sanh et al. 2019, section 3); 0 takes all.
func (c *Checkpoint) TakeLayers(count int) error {
	if count < 0 || count > c.Config.NumLayers {
		return fmt.Errorf("bert: %d layers are wanted, %s has %d", count, c.Folder, c.Config.NumLayers)
	}
	if count > 0 {
		c.Config.NumLayers, c.taken = count, count
	}
	return nil
}

// fits refuses a configuration whose weights are larger than the memory that there is, before anything is made of that size.
func (c Config) fits() error {
	v, p, h, i, l := float64(c.VocabSize), float64(c.MaxPositions), float64(c.HiddenSize), float64(c.IntermediateSize), float64(c.NumLayers)
	bytes := 4*((v+p)*h+l*h*(4*h+2*i)) + perLayer*l // in floating point, where no product overflows
	return intake.Fits(fmt.Sprintf("a model of %d layers (num_hidden_layers), width %d (hidden_size) and %d (intermediate_size), %d tokens (vocab_size) and %d positions "+
		"(max_position_embeddings)", c.NumLayers, c.HiddenSize, c.IntermediateSize, c.VocabSize, c.MaxPositions), int64(min(bytes, math.MaxInt64/2)))
}

// perLayer is about what a layer takes beside its weights.
const perLayer = 4096

// configPath is where a folder's configuration is.
func configPath(folder string) string {
	path := filepath.Join(folder, "config.json")
	if google := filepath.Join(folder, "bert_config.json"); !disk.IsThere(path) && disk.IsThere(google) {
		return google
	}
	return path
}
