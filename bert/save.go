package bert

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/hub"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// SaveOptions say how a model folder is written. The zero value writes fp32 in one file.
type SaveOptions struct {
	BF16       bool
	Merged     bool   // adapters are added to the weights they correct; the network stays as it is
	ShardBytes int64  // weights above it are split, as in transformers; 0 means 50 GB, its default
	Tokenizer  string // folder whose tokenizer files are copied; empty copies none
	Card       string // text of README.md, the model card; empty writes a plain one

	// Values gives the weights that are written, in fp32, in place of those of the network, which may change meanwhile; nil for
	// the network's own. It goes with neither BF16 nor Merged.
	Values func(p *Parameter) []byte
}

// defaultShard is transformers' own limit.
const defaultShard = 50e9

// Save writes a network as a Hugging Face model folder: config.json with its architecture, model.safetensors (in shards above
// a limit), the tokenizer's files and a model card. The folder appears complete or not at all; one that is there already
// is replaced only if it is a model folder too.
func Save(n Network, folder string, o SaveOptions) (err error) {
	return Replace(folder, func(temporary string) error { return Write(n, temporary, o) })
}

// Write is [Save] into a folder that exists, without its care for an earlier one: each file appears whole or not at all.
func Write(n Network, folder string, o SaveOptions) error {
	config := n.Encoder().Config
	config.Architectures = []string{n.Architecture()}
	config.Extra = maps.Clone(config.Extra) // the model's own stays as it is
	if config.Extra == nil {
		config.Extra = map[string]json.RawMessage{}
	}
	dtype := "float32"
	if o.BF16 {
		dtype = "bfloat16"
	}
	config.Extra["dtype"] = json.RawMessage(`"` + dtype + `"`)
	delete(config.Extra, "torch_dtype")
	describeQuantized(&config, n.Encoder().Mode().Compute == torch.Int8)
	if err := config.Save(folder); err != nil {
		return err
	}
	if err := WriteWeights(n, folder, o); err != nil {
		return err
	}
	if o.Tokenizer != "" {
		for _, name := range hub.TokenizerFiles() {
			if err := copyFile(filepath.Join(o.Tokenizer, name), filepath.Join(folder, name)); err != nil {
				return err
			}
		}
	}
	card := o.Card
	if card == "" {
		card = fmt.Sprintf("---\nlibrary_name: transformers\n---\n\n# %s\n\nWritten by gobert. Open it with `transformers` or with gobert's `bert.Load`.\n", n.Architecture())
	}
	if err := disk.Write(filepath.Join(folder, "README.md"), []byte(card)); err != nil {
		return fmt.Errorf("bert: writing the model card: %w", err)
	}
	return nil
}

// WriteWeights writes the weights alone into a folder that exists, and removes those that it had.
func WriteWeights(n Network, folder string, o SaveOptions) error {
	write := func(list []weights.Tensor) error {
		_, err := weights.WriteSharded(folder, list, map[string]string{"format": "pt"}, cmp.Or(o.ShardBytes, defaultShard))
		return err
	}
	if o.Values != nil {
		var list []weights.Tensor
		for _, p := range Parameters(n) {
			list = append(list, weights.Tensor{Name: p.Name, DType: weights.F32, Shape: p.Shape, Data: o.Values(p)})
		}
		return write(list)
	}
	return torch.Run(func() error {
		n.Encoder().mustBeOpen("save")
		pass := torch.Begin(torch.Mode{Device: n.Encoder().Mode().Device})
		defer pass.Close()
		adapters := map[*Parameter]*Adapter{}
		visitLinears(n, func(l *Linear, _ string) { adapters[l.Weight] = l.Adapter })
		var tensors []weights.Tensor
		for _, p := range Parameters(n) {
			t, value := weights.Tensor{Name: p.Name, DType: weights.F32, Shape: p.Shape}, p.Value
			switch {
			case o.Merged && (p.Kind == Down || p.Kind == Up):
				continue
			case o.Merged && adapters[p] != nil:
				if value = adapters[p].corrected(pass, p); p.Value.Quantized() {
					value = pass.Adopt(torch.Quantize(value))
				}
			}
			switch {
			case value.Quantized() && o.BF16:
				return fault.New("bert: the weights are int8: they are not written in bf16").Advise("quantize last")
			case value.Quantized():
				tensors = append(tensors, saved(p, value)...)
				continue
			case o.BF16:
				t.DType = weights.BF16
				half := value.To(torch.BFloat16, torch.CPU)
				t.Data = half.Bytes()
				half.Free()
			case value.Device().IsCUDA():
				t.Data = value.Bytes()
			default:
				t.Data = value.Memory()
			}
			tensors = append(tensors, t)
		}
		return write(tensors)
	})
}

// copyFile copies a file, if it is there.
func copyFile(from, to string) error {
	_, err := os.Stat(from)
	if os.IsNotExist(err) {
		return nil
	}
	if err == nil {
		err = disk.Copy(from, to)
	}
	if err != nil {
		return fmt.Errorf("bert: copying the tokenizer: %w", err)
	}
	return nil
}

// Replace makes a folder, which appears as a whole or not at all, as [disk.Replace] does. One that has the name already must be empty,
// or hold a config.json or nothing but a tokenizer, so that a slip of the keyboard does not cost anybody's files.
func Replace(folder string, fill func(temporary string) error) error {
	if err := replaceable(folder); err != nil {
		return err
	}
	return disk.Replace(folder, fill)
}

func notOfTokenizer(e os.DirEntry) bool { return !slices.Contains(hub.TokenizerFiles(), e.Name()) }

func replaceable(folder string) error {
	entries, err := disk.Content(folder)
	switch {
	case err != nil:
		return fmt.Errorf("bert: saving: %w", err)
	case len(entries) == 0:
		return nil
	case !disk.IsThere(filepath.Join(folder, "config.json")) && slices.ContainsFunc(entries, notOfTokenizer):
		return fault.New("bert: %s holds something that is no model: it is not replaced", folder).Advise("give a new folder")
	}
	return nil
}
