package task

import (
	"fmt"
	"os"
	"path/filepath"

	"gobert/bert"
	"gobert/internal/raw"
	"gobert/internal/safetensors"
	"gobert/internal/torch"
)

// WriteAdapted turns a folder that holds weights and adapters into what is given away: the adapters alone, or their sum.
func (m *Model) WriteAdapted(folder string, merge bool) error {
	if err := m.writePooled(folder); err != nil || m.Adapter == nil {
		return err
	}
	if err := os.Remove(filepath.Join(folder, safetensors.ModelFile)); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	if merge {
		return m.writeMerged(folder)
	}
	return m.writeAdapter(folder)
}

// writeMerged writes the weights with the adapters' corrections added; the model stays as it is.
func (m *Model) writeMerged(folder string) error {
	return torch.Run(func() error {
		p := torch.Begin(torch.Mode{Device: m.Device})
		defer p.Close()
		byName := map[string]*bert.Parameter{}
		list := bert.Parameters(m.Network)
		for _, q := range list {
			byName[q.Name] = q
		}
		var tensors []raw.Tensor
		for _, q := range list {
			if q.Kind == bert.Down || q.Kind == bert.Up {
				continue
			}
			value := q.Value
			if a := bert.AdapterOf(m.Network, q); a != nil {
				value = p.Add(value, p.Scale(p.Matmul(a.B.Value, a.A.Value), a.Scale))
			}
			tensors = append(tensors, raw.Tensor{Name: q.Name, DType: raw.F32, Shape: q.Shape, Data: value.Bytes()})
		}
		return safetensors.Write(filepath.Join(folder, safetensors.ModelFile), tensors, map[string]string{"format": "pt"})
	})
}
