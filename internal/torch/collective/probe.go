package collective

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"

	"gobert/internal/torch"
)

// Pair is the connection between two ranks, as one of them measures it.
type Pair struct {
	Rank, Peer int
	RoundTrip  time.Duration // of one byte: there and back, the least of several
	Rate       float64       // bytes a second in each of both directions at once, the best of several
}

// What is sent to measure a pair: small enough to be soon done on a slow link, and long enough to be a stream.
const (
	pairBytes  = 4 << 20
	pairRounds = 3
	pingRounds = 20
)

// Pairs measures this rank's connections with those that it sums with: at distance 1, 2, 4 and so on, all pairs of a distance at once.
// All ranks call it together. It is for finding a bad connection, and not for code that trains.
func (w *World) Pairs() ([]Pair, error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	out, in := torch.NewZeros(torch.Uint8, torch.CPU, pairBytes), torch.NewZeros(torch.Uint8, torch.CPU, pairBytes)
	defer out.Free()
	defer in.Free()
	fastest := func(peer, rounds int, bytes int64) (least time.Duration, err error) {
		for i := range rounds + 1 { // the first one warms up
			began := time.Now()
			if err := w.exchange(peer, groupTag, Block{out, 0, bytes}, Block{in, 0, bytes}); err != nil {
				return 0, err
			}
			if took := time.Since(began); i > 0 && (least == 0 || took < least) {
				least = took
			}
		}
		return least, nil
	}
	var pairs []Pair
	for distance := 1; distance < w.place.Size; distance *= 2 {
		p := Pair{Rank: w.place.Rank, Peer: w.place.Rank ^ distance}
		ping, err := fastest(p.Peer, pingRounds, 1)
		if err != nil {
			return nil, err
		}
		stream, err := fastest(p.Peer, pairRounds, pairBytes)
		if err != nil {
			return nil, err
		}
		p.RoundTrip, p.Rate = ping, pairBytes/stream.Seconds()
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// Sums is how long summing a gradient over all ranks and gathering it takes, and whether the sums were right.
type Sums struct {
	Bytes   int64         `json:"bytes"`
	Scatter time.Duration `json:"reduce_scatter_ns"` // the sum: each rank ends with its share
	Gather  time.Duration `json:"gather_ns"`
}

// Bandwidth is the bytes a second that each rank sends, and receives, for both: 2 (W-1)/W of the gradient.
func (s Sums) Bandwidth(size int) float64 {
	return 2 * float64(size-1) / float64(size) * float64(s.Bytes) / (s.Scatter + s.Gather).Seconds()
}

// MeasureSums sums a gradient of fp32 of so many bytes on a device, as training does, a few times; times are the medians. All ranks call it together.
// A wrong sum is an error.
func (w *World) MeasureSums(device torch.Device, bytes int64, rounds int) (s Sums, err error) {
	defer torch.Catch(&err)
	const width = 4
	n := bytes / width
	gradient, numbers := torch.NewEmpty(torch.Float32, device, n), torch.NewEmpty(torch.Float32, torch.CPU, n)
	defer gradient.Free()
	defer numbers.Free()
	r, err := NewReducer(w, gradient, []Region{{0, n}}, 1)
	if err != nil {
		return s, err
	}
	defer r.Free()
	var scatter, gather []time.Duration
	for range rounds + 1 { // the first one warms up
		memory := numbers.Memory()
		for i := range n {
			binary.LittleEndian.PutUint32(memory[width*i:], math.Float32bits(float32(int(i)%pattern+w.place.Rank)))
		}
		if err := torch.Run(func() error { gradient.CopyFrom(numbers, false); return nil }); err != nil {
			return s, err
		}
		if err := w.Barrier(); err != nil {
			return s, err
		}
		began := time.Now()
		round := r.Begin()
		round.Ready(0)
		if err := round.Wait(); err != nil {
			return s, err
		}
		summed := time.Now()
		if err := r.Gather(gradient); err != nil {
			return s, err
		}
		scatter, gather = append(scatter, summed.Sub(began)), append(gather, time.Since(summed))
		if err := torch.Run(func() error { numbers.CopyFrom(gradient, false); return nil }); err != nil {
			return s, err
		}
		for i := range n {
			got := math.Float32frombits(binary.LittleEndian.Uint32(memory[width*i:]))
			if want := float32(w.place.Size*(int(i)%pattern) + w.place.Size*(w.place.Size-1)/2); got != want {
				return s, fmt.Errorf("collective: element %d of a sum over %d ranks is %v, expected %v", i, w.place.Size, got, want)
			}
		}
	}
	return Sums{bytes, median(scatter[1:]), median(gather[1:])}, nil
}

// pattern is after how many elements the numbers repeat that are summed: whole and small, so that sums are exact.
const pattern = 7

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// Exchange gives every rank a short text of each, by rank.
func (w *World) Exchange(text string) ([]string, error) {
	const room = 1 << 12 // for the text and its length
	if len(text) > room-4 {
		return nil, fmt.Errorf("collective: a text of %d bytes, expected at most %d", len(text), room-4)
	}
	all := torch.NewZeros(torch.Uint8, torch.CPU, int64(w.place.Size)*room)
	defer all.Free()
	own := all.Memory()[w.place.Rank*room:]
	binary.LittleEndian.PutUint32(own, uint32(len(text)))
	copy(own[4:], text)
	if err := w.AllGather(all); err != nil {
		return nil, err
	}
	texts := make([]string, w.place.Size)
	for rank := range texts {
		there := all.Memory()[rank*room : (rank+1)*room]
		texts[rank] = string(there[4 : 4+min(room-4, int(binary.LittleEndian.Uint32(there)))])
	}
	return texts, nil
}
