package train

import (
	"strings"
	"time"

	"gobert/internal/torch"
)

// Peak is what a device could do.
type Peak struct {
	FLOPs    float64 // a second
	Measured bool    // by a matrix product here, not by the maker's data sheet
}

// gpus are the makers' figures for dense bf16 and fp16 products with fp32 sums, in operations a second.
var gpus = []struct {
	name  string
	flops float64
}{
	{"B200", 2250e12},
	{"H200", 989e12},
	{"H100 PCIe", 756e12},
	{"H100", 989e12},
	{"A100", 312e12},
	{"L40S", 362e12},
	{"L4", 121e12},
	{"A10", 125e12},
	{"RTX 4090", 165e12},
	{"RTX 3090", 71e12},
	{"T4", 65e12},
	{"V100", 125e12},
}

// FindPeak gives the peak that utilisation is measured against: the data sheet's for a GPU that is known, otherwise that of
// a large matrix product, measured now (under half a second).
func FindPeak(device torch.Device, compute torch.DType) (Peak, error) {
	if device.IsCUDA() && compute != torch.Float32 {
		card, err := device.Card()
		if err != nil {
			return Peak{}, err
		}
		for _, known := range gpus {
			if strings.Contains(card.Name, known.name) {
				return Peak{FLOPs: known.flops}, nil
			}
		}
	}
	return measurePeak(device, compute)
}

func measurePeak(device torch.Device, compute torch.DType) (Peak, error) {
	size, enough := int64(1024), 300*time.Millisecond
	if device.IsCUDA() {
		size = 8192
	}
	best := 0.0
	err := torch.Do(torch.Mode{Device: device, Compute: compute}, func(p *torch.Pass) error {
		a := p.Adopt(torch.NewZeros(compute, device, size, size))
		a.Fill(0.5)
		for began, i := time.Now(), 0; i < 3 || time.Since(began) < enough; i++ {
			if err := device.Synchronize(); err != nil {
				return err
			}
			mark, start := p.Mark(), time.Now()
			p.Matmul(a, a)
			if err := device.Synchronize(); err != nil {
				return err
			}
			best = max(best, 2*float64(size*size*size)/time.Since(start).Seconds())
			p.Release(mark)
		}
		return nil
	})
	return Peak{FLOPs: best, Measured: true}, err
}
