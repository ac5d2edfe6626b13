package task

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gobert/bert"
	"gobert/internal/disk"
	"gobert/internal/fault"
	"gobert/internal/intake"
	"gobert/internal/torch"
	"gobert/internal/weights"
)

// The files of an adapter's folder, as PEFT names them.
const (
	adapterConfig  = "adapter_config.json"
	adapterWeights = "adapter_model.safetensors"
)

// adapterRoot is what PEFT writes before the names of the network's parameters.
const adapterRoot = "base_model.model."

// AdapterInfo is what a model with adapters was made of.
type AdapterInfo struct {
	bert.AdapterOptions
	Base   string   // name or folder of the model below
	Maps   []string // linear maps that are adapted
	Merged bool     // the corrections were added to the weights
}

// adapterFile is adapter_config.json. What is not listed has PEFT's default; refusedByAdapters names what must have it.
type adapterFile struct {
	Base       string         `json:"base_model_name_or_path"`
	Kind       string         `json:"peft_type"`
	Task       string         `json:"task_type,omitempty"`
	Rank       int            `json:"r"`
	Alpha      float64        `json:"lora_alpha"`
	Dropout    float64        `json:"lora_dropout"`
	Targets    stringList     `json:"target_modules"`
	Save       []string       `json:"modules_to_save"`
	Bias       string         `json:"bias"`
	Rooted     bool           `json:"use_rslora"`
	Inference  bool           `json:"inference_mode"`
	Initialize any            `json:"init_lora_weights"`
	Ranks      map[string]any `json:"rank_pattern"`
	Alphas     map[string]any `json:"alpha_pattern"`
}

// plainLoRA is what is done.
const plainLoRA, mergeFirst = "plain LoRA is supported", "merge it with PEFT first"

// refusedByAdapters are the keys of PEFT's LoraConfig that change what an adapter does.
var refusedByAdapters = []intake.Rule{
	{Key: "peft_type", Harmless: []string{`"LORA"`}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "use_dora", Harmless: []string{"false"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "use_qalora", Harmless: []string{"false"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "use_bdlora", Harmless: []string{"false"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "kasa_config", Why: plainLoRA, Hint: mergeFirst},
	{Key: "monteclora_config", Why: plainLoRA, Hint: mergeFirst},
	{Key: "lora_bias", Harmless: []string{"false"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "fan_in_fan_out", Harmless: []string{"false"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "bias", Harmless: []string{`"none"`, `""`}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "rank_pattern", Harmless: []string{"{}"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "alpha_pattern", Harmless: []string{"{}"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "layers_to_transform", Why: plainLoRA, Hint: mergeFirst},
	{Key: "layers_pattern", Harmless: []string{`""`}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "layer_replication", Why: plainLoRA, Hint: mergeFirst},
	{Key: "exclude_modules", Harmless: []string{"[]"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "target_parameters", Harmless: []string{"[]"}, Why: plainLoRA, Hint: mergeFirst},
	{Key: "trainable_token_indices", Why: plainLoRA, Hint: mergeFirst},
	{Key: "alora_invocation_tokens", Why: plainLoRA, Hint: mergeFirst},
	{Key: "arrow_config", Why: plainLoRA, Hint: mergeFirst},
	{Key: "megatron_config", Why: plainLoRA, Hint: mergeFirst},
	{Key: "init_lora_weights", Harmless: []string{"true", "false", `"gaussian"`, `"orthogonal"`}, Why: "it may have changed the model below: " + plainLoRA, Hint: mergeFirst},
}

// stringList is a list of names, or one.
type stringList []string

// UnmarshalJSON reads both forms.
func (l *stringList) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*l = stringList{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(l))
}

// readAdapter reads a folder's adapter_config.json; nil where there is none.
func readAdapter(folder string) (*adapterFile, error) {
	path := filepath.Join(folder, adapterConfig)
	text, err := intake.ReadFile(path)
	switch {
	case err != nil && disk.IsThere(path):
		return nil, fmt.Errorf("task: %w", err)
	case err != nil:
		return nil, nil //nolint:nilerr // not a folder with an adapter
	}
	a := &adapterFile{}
	var all map[string]json.RawMessage
	for _, into := range []any{a, &all} {
		if err := intake.Decode(text, into); err != nil {
			return nil, fmt.Errorf("task: %s: %w", path, err)
		}
	}
	faults := intake.Refuse(all, refusedByAdapters)
	if a.Kind == "" {
		faults = append(faults, fault.New("peft_type is missing: %s", plainLoRA).Advise(mergeFirst))
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("task: %s: %w", path, errors.Join(faults...))
	}
	return a, nil
}

// basePath is where the model below is: as the file says, or beside the adapter's folder when that moved with it.
func (a *adapterFile) basePath(folder string) string {
	if _, err := os.Stat(a.Base); err == nil || filepath.IsAbs(a.Base) {
		return a.Base
	}
	if beside := filepath.Join(folder, a.Base); strings.HasPrefix(a.Base, ".") {
		return beside
	}
	return a.Base
}

// takeConfig uses the configuration in the adapter's own folder, which knows the labels, where there is one.
func (a *adapterFile) takeConfig(folder string, c *bert.Config) error {
	if _, err := os.Stat(filepath.Join(folder, "config.json")); err != nil {
		if k := find(func(f Facts) bool { return f.PEFT != "" && f.PEFT == a.Task }); k != nil {
			c.Architectures = []string{k.Facts().Architecture}
			if k.Facts().Labels {
				return countLabels(folder, c)
			}
		}
		return nil
	}
	own, err := bert.ReadConfig(folder)
	if err != nil {
		return err
	}
	*c = own
	return nil
}

func (a *adapterFile) options() bert.AdapterOptions {
	return bert.AdapterOptions{Rank: a.Rank, Alpha: a.Alpha, Dropout: a.Dropout, Targets: a.Targets, Rooted: a.Rooted}
}

// addAdapters adds new adapters; the head is trained whole, and so is a pooler that was not there.
func (m *Model) addAdapters(o bert.AdapterOptions, seed uint64) error {
	if m.Adapter != nil {
		return fault.New("task: %s has adapters already", m.Folder).Advise("finetune merge first")
	}
	fresh := m.New
	maps, err := bert.AddAdapters(m.Network, o)
	if err != nil {
		return err
	}
	m.Adapter = &AdapterInfo{AdapterOptions: o, Base: m.Folder, Maps: maps}
	var added []*bert.Parameter
	for _, p := range bert.Parameters(m.Network) {
		if slices.Contains(fresh, p.Name) {
			p.Frozen = false
		}
		if p.Kind == bert.Down || p.Kind == bert.Up {
			added = append(added, p)
		}
	}
	return torch.Run(func() error {
		for _, p := range added {
			p.Value = torch.NewEmpty(torch.Float32, torch.CPU, p.Shape...)
			p.Compute = p.Value
		}
		bert.Initialize(added, 0, seed)
		return nil
	})
}

// load adds the adapters of a file to a network that the model below has filled.
func (a *adapterFile) load(m *Model, merge bool) error {
	maps, loaded, err := bert.LoadAdapters(m.Network, filepath.Join(m.Folder, adapterWeights), adapterRoot, a.options())
	if err != nil {
		return err
	}
	m.Adapter = &AdapterInfo{AdapterOptions: a.options(), Base: a.Base, Maps: maps, Merged: merge}
	m.New = slices.DeleteFunc(m.New, func(name string) bool { return slices.Contains(loaded, name) })
	if !merge {
		return nil
	}
	return torch.Run(func() error { bert.MergeAdapters(m.Network); return nil })
}

// writeAdapter writes the adapters and the head in PEFT's format into a folder.
func (m *Model) writeAdapter(folder string) error {
	a := adapterFile{
		Base: m.Adapter.Base, Kind: "LORA", Task: m.Kind.Facts().PEFT, Rank: m.Adapter.Rank, Alpha: m.Adapter.Alpha, Dropout: m.Adapter.Dropout,
		Targets: m.Adapter.Targets, Bias: "none", Rooted: m.Adapter.Rooted, Inference: true, Initialize: true, Ranks: map[string]any{}, Alphas: map[string]any{},
	}
	if absolute, err := filepath.Abs(a.Base); err == nil {
		if _, err := os.Stat(absolute); err == nil {
			a.Base = absolute
		}
	}
	err := torch.Run(func() error {
		var tensors []weights.Tensor
		for _, p := range bert.Parameters(m.Network) {
			if p.Frozen {
				continue
			}
			if p.Kind != bert.Down && p.Kind != bert.Up {
				if module := savedModule(p.Name); !slices.Contains(a.Save, module) {
					a.Save = append(a.Save, module)
				}
			}
			tensors = append(tensors, weights.Tensor{Name: adapterRoot + p.Name, DType: weights.F32, Shape: p.Shape, Data: p.Value.Bytes()})
		}
		return weights.Write(filepath.Join(folder, adapterWeights), tensors, map[string]string{"format": "pt"})
	})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	config := m.Network.Encoder().Config
	config.Architectures = []string{m.Network.Architecture()}
	if err := config.Save(folder); err != nil {
		return err
	}
	return disk.Write(filepath.Join(folder, adapterConfig), append(text, '\n'))
}

// savedModule is the module that PEFT saves whole for a parameter: the head's, or the pooler.
func savedModule(name string) string {
	name = strings.TrimPrefix(name, bert.Prefix+".")
	module, _, _ := strings.Cut(name, ".")
	return module
}

// countLabels names as many labels as the adapter's head has, where nothing else does.
func countLabels(folder string, c *bert.Config) error {
	n, err := weights.Rows(filepath.Join(folder, adapterWeights), adapterRoot+"classifier.weight")
	if err != nil {
		return fmt.Errorf("task: %w", err)
	}
	if n > 0 && n != len(c.Labels()) {
		c.SetLabels(bert.LabelNames(n)...)
	}
	return nil
}
