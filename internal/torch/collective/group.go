package collective

import (
	"fmt"

	"gobert/internal/torch"
)

// Barrier returns when every rank has called it.
func (w *World) Barrier() error {
	signs := torch.NewZeros(torch.Uint8, torch.CPU, int64(w.place.Size))
	defer signs.Free()
	return w.AllGather(signs)
}

// AllGather gives every rank all parts of a flat tensor of equal parts, of which rank r has filled the r-th.
func (w *World) AllGather(t *torch.Tensor) error {
	w.turn.Lock()
	defer w.turn.Unlock()
	part := t.Numel() / int64(w.place.Size)
	if part*int64(w.place.Size) != t.Numel() {
		return fmt.Errorf("collective: %d elements are no equal parts of %d ranks", t.Numel(), w.place.Size)
	}
	err := w.follow(t)
	for distance := 1; distance < w.place.Size && err == nil; distance *= 2 {
		peer := w.place.Rank ^ distance
		have := func(rank int) Block { return Block{t, int64(rank/distance*distance) * part, int64(distance) * part} }
		err = w.exchange(peer, groupTag, have(w.place.Rank), have(peer))
	}
	return w.waitFor(t.Device(), err)
}

// Broadcast fills a flat tensor of every rank from rank 0's.
func (w *World) Broadcast(t *torch.Tensor) error {
	w.turn.Lock()
	defer w.turn.Unlock()
	whole := Block{t, 0, t.Numel()}
	err := w.follow(t)
	for distance := 1; distance < w.place.Size && err == nil; distance *= 2 {
		switch rank := w.place.Rank; {
		case rank < distance:
			err = w.exchange(rank+distance, groupTag, whole, Block{})
		case rank < 2*distance:
			err = w.exchange(rank-distance, groupTag, Block{}, whole)
		}
	}
	return w.waitFor(t.Device(), err)
}

// Tell gives every rank the bytes that rank 0 calls it with.
func (w *World) Tell(text []byte) ([]byte, error) {
	length := torch.NewFrom([]int64{int64(len(text))}, torch.CPU, 1)
	defer length.Free()
	if err := w.Broadcast(length); err != nil {
		return nil, err
	}
	there := torch.NewEmpty(torch.Uint8, torch.CPU, torch.Values[int64](length)[0])
	defer there.Free()
	if w.place.First() {
		copy(there.Memory(), text)
	}
	if err := w.Broadcast(there); err != nil {
		return nil, err
	}
	return there.Bytes(), nil
}
