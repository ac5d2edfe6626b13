package run

import (
	"strings"
	"sync"
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
// a large matrix product, measured when it is asked for the first time (a fifth of a second).
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
	measured.Lock()
	defer measured.Unlock()
	key := computing{device, compute}
	if peak, ok := measured.peaks[key]; ok {
		return peak, nil
	}
	peak, err := measurePeak(device, compute)
	if err == nil {
		measured.peaks[key] = peak
	}
	return peak, err
}

// computing is what has a peak.
type computing struct {
	device  torch.Device
	compute torch.DType
}

// measured are the peaks that this process knows: many short runs may be in one.
var measured = struct {
	sync.Mutex
	peaks map[computing]Peak
}{peaks: map[computing]Peak{}}

// sizes of the products that are measured. They grow until one takes a while, so that neither a slow card is kept busy nor a processor
// by a type that it computes slowly.
const (
	leastProduct  = 256
	largestOnCPU  = 1024
	largestOnCUDA = 8192
	whileProduct  = 10 * time.Millisecond
)

func measurePeak(device torch.Device, compute torch.DType) (peak Peak, err error) {
	peak.Measured = true
	largest := int64(largestOnCPU)
	if device.IsCUDA() {
		largest = largestOnCUDA
	}
	for size := int64(leastProduct); size <= largest; size *= 2 {
		flops, err := measureProduct(device, compute, size)
		if err != nil {
			return peak, err
		}
		peak.FLOPs = max(peak.FLOPs, flops)
		if operations(size)/flops > whileProduct.Seconds() {
			break
		}
	}
	return peak, nil
}

// operations are those of a product of two square matrices.
func operations(size int64) float64 { return 2 * float64(size*size*size) }

func measureProduct(device torch.Device, compute torch.DType, size int64) (best float64, err error) {
	const enough = 50 * time.Millisecond
	err = torch.Do(torch.Mode{Device: device, Compute: compute}, func(p *torch.Pass) error {
		a := p.Adopt(torch.NewZeros(compute, device, size, size))
		a.Fill(0.5)
		for began, i := time.Now(), 0; i == 0 || time.Since(began) < enough; i++ {
			if err := device.Synchronize(); err != nil {
				return err
			}
			mark, start := p.Mark(), time.Now()
			p.Matmul(a, a)
			if err := device.Synchronize(); err != nil {
				return err
			}
			best = max(best, operations(size)/time.Since(start).Seconds())
			p.Release(mark)
		}
		return nil
	})
	return best, err
}
