package sentencetransformers

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"gobert/internal/intake"
	"gobert/internal/weights"
)

// A Module is one of [Dense], [LayerNorm] and [Normalize].
type Module any

// Normalize makes a vector of length 1.
type Normalize struct{}

// Dense is activation(x W^T + b), and with Residual that plus x, or plus x R^T where the sizes differ.
type Dense struct {
	In, Out    int
	Activation string         // in config.json's words, or sigmoid; "" is none
	Weight     weights.Tensor // [Out,In]
	Bias       weights.Tensor // [Out]; no data: none
	Residual   bool
	Across     weights.Tensor // [Out,In]; no data: none
}

// LayerNorm is PyTorch's, over the whole vector.
type LayerNorm struct {
	Width        int
	Weight, Bias weights.Tensor // [Width]
}

// activations are PyTorch's classes and what they are called here.
var activations = map[string]string{"Identity": "", "Tanh": "tanh", "ReLU": "relu", "GELU": "gelu", "SiLU": "silu", "Sigmoid": "sigmoid"}

// readModule reads what follows the pooling; nil for what has no effect outside of training.
func readModule(k kind, folder string) (Module, error) {
	switch k {
	case dense:
		return readDense(folder)
	case layerNorm:
		return readLayerNorm(folder)
	case normalize:
		return Normalize{}, checkEnds(filepath.Join(folder, configFile))
	}
	return nil, nil
}

// checkEnds refuses a module that reads or writes something else than the vector of the text.
func checkEnds(path string) error {
	const vector = "sentence_embedding"
	var all map[string]json.RawMessage
	_, err := read(path, &all, func() error {
		for _, key := range []string{"module_input_name", "module_output_name"} {
			if value := all[key]; !intake.IsNull(value) && !intake.Same(value, `"`+vector+`"`) {
				return fmt.Errorf("%s is %.40s: expected %q", key, value, vector)
			}
		}
		return nil
	})
	return err
}

func readDense(folder string) (Module, error) {
	c := struct {
		In         int    `json:"in_features"`
		Out        int    `json:"out_features"`
		Bias       bool   `json:"bias"`
		Activation string `json:"activation_function"`
		Residual   bool   `json:"use_residual"`
	}{Bias: true, Activation: "torch.nn.modules.activation.Tanh"}
	var d Dense
	path := filepath.Join(folder, configFile)
	found, err := read(path, &c, func() error {
		if c.In < 1 || c.Out < 1 {
			return fmt.Errorf("in_features is %d and out_features %d: expected at least 1", c.In, c.Out)
		}
		activation, err := activationOf("activation_function", c.Activation)
		d = Dense{In: c.In, Out: c.Out, Activation: activation, Residual: c.Residual}
		return err
	})
	switch {
	case err == nil && !found:
		err = fmt.Errorf("%s is missing: it says what Dense does", path)
	case err == nil:
		err = checkEnds(path)
	}
	if err != nil {
		return nil, err
	}
	want := map[string]wanted{"linear.weight": {&d.Weight, []int64{int64(c.Out), int64(c.In)}}}
	if c.Bias {
		want["linear.bias"] = wanted{&d.Bias, []int64{int64(c.Out)}}
	}
	if c.Residual && c.In != c.Out {
		want["residual.weight"] = wanted{&d.Across, []int64{int64(c.Out), int64(c.In)}}
	}
	err = readWeights(folder, want)
	return d, err
}

func readLayerNorm(folder string) (Module, error) {
	var c struct {
		Width int `json:"dimension"`
	}
	path := filepath.Join(folder, configFile)
	if _, err := read(path, &c, nil); err != nil {
		return nil, err
	}
	if c.Width < 1 {
		return nil, fmt.Errorf("%s: dimension is %d: expected at least 1", path, c.Width)
	}
	n := LayerNorm{Width: c.Width}
	width := []int64{int64(c.Width)}
	err := readWeights(folder, map[string]wanted{"norm.weight": {&n.Weight, width}, "norm.bias": {&n.Bias, width}})
	return n, err
}

// wanted is a weight that a module needs.
type wanted struct {
	into  *weights.Tensor
	shape []int64
}

// readWeights reads the weights of a module: those that it needs, and no others.
func readWeights(folder string, want map[string]wanted) (err error) {
	source, err := weights.Open(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	for _, w := range source.Tensors() {
		need, ok := want[w.Name]
		if !ok {
			return fmt.Errorf("%s holds %s, which the module's config.json does not speak of", w.File, w.Original)
		}
		if !slices.Equal(w.Shape, need.shape) {
			return fmt.Errorf("%s: %s has the shape %v, but the module's config.json asks for %v", w.File, w.Original, w.Shape, need.shape)
		}
		*need.into = w
		need.into.Data, need.into.Transposed = slices.Clone(w.Rows()), false // the file is closed soon
		delete(want, w.Name)
	}
	for name := range want {
		return fmt.Errorf("%s lacks %s", folder, name)
	}
	return nil
}
