package collective

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gobert/internal/fault"
	"gobert/internal/ranks"
	"gobert/internal/torch"
)

// Join connects the GPUs of all ranks: what lies on them goes from one to another without the hosts then. All ranks call it together, each with
// its own. What keeps one of them from it is the same error on all.
func (w *World) Join(ctx context.Context, device torch.Device) error {
	if w.place.Alone() || !device.IsCUDA() {
		return nil
	}
	own := comesWith(device)
	said, err := w.consent(ctx, "card", own, func(told []string) (string, error) {
		all := make([]card, len(told))
		for rank, text := range told {
			if err := json.Unmarshal([]byte(text), &all[rank]); err != nil {
				return "", err
			}
		}
		if err := w.suit(all); err != nil {
			return "", err
		}
		id, err := newID()
		return string(id), err
	})
	if err != nil {
		return err
	}
	c, err := newCards(device)
	if err == nil {
		err = w.join(ctx, c, []byte(said))
	}
	if err != nil {
		return err
	}
	w.cards = c
	return nil
}

// A card is what a rank says of its GPU.
type card struct {
	Device, UUID, Name string
	NCCL               int
	Problem, Hint      string // why it cannot be connected
}

func comesWith(device torch.Device) (c card) {
	c.Device = device.String()
	info, err := device.Card()
	if err == nil {
		c.Name = info.Name
		c.UUID, err = uuid(device)
	}
	if err == nil {
		c.NCCL, err = findNCCL("")
	}
	if err != nil {
		c.Problem, c.Hint = fault.Text(err), fault.Hint(err)
	}
	return c
}

// suit finds why GPUs cannot work together.
func (w *World) suit(all []card) error {
	of := map[string]int{}
	for rank, c := range all {
		first, found := of[c.UUID]
		switch {
		case c.Problem != "":
			return fault.New("rank %d (%s): %s", rank, w.where(rank), c.Problem).Advise("%s", c.Hint)
		case found:
			return fault.Usage("ranks %d (%s) and %d (%s) have the same GPU, %s: expected one each", first, w.where(first), rank, w.where(rank), c.Device).
				Advise("%s", fault.Command("as many {ranks} on a machine as it has GPUs; {device} cuda lets each take its own"))
		case c.Name != all[0].Name || c.NCCL/100 != all[0].NCCL/100:
			return fault.Usage("rank %d has a %s with NCCL %s, and rank 0 a %s with NCCL %s: bits depend on both", rank, c.Name, version(c.NCCL), all[0].Name,
				version(all[0].NCCL)).Advise("one kind of GPU, and one installation, on all machines")
		}
		of[c.UUID] = rank
	}
	return nil
}

func version(nccl int) string { return fmt.Sprintf("%d.%d.%d", nccl/10000, nccl/100%100, nccl%100) }

// join meets the others' GPUs. It is given up with the verdict.
func (w *World) join(ctx context.Context, c *cards, id []byte) error {
	done := make(chan error, 1)
	err := w.whileAllLive(c, func() error {
		go func() { done <- c.join(id, w.place.Rank, w.place.Size) }()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			c.Abort()
			return errors.Join(ctx.Err(), <-done)
		}
	})
	switch lost := w.watch.verdict(); {
	case err == nil:
		return nil
	case lost != nil:
		return lost
	}
	return w.Fail(fault.New("collective: connecting the GPUs: %w", err).Advise("NCCL_DEBUG=INFO in the environment makes NCCL say more, NCCL_SOCKET_IFNAME names an interface"))
}

// whileAllLive lets the watch look at the ranks that this one sums with, and give up what f does as soon as one is lost.
func (w *World) whileAllLive(c *cards, f func() error) error {
	for distance := 1; distance < w.place.Size; distance *= 2 {
		pending, err := w.watch.begin(w.place.Rank^distance, c)
		if err != nil {
			_ = c.settle() // what others were to read may be freed when this returns
			return err
		}
		defer w.watch.end(pending)
	}
	return f()
}

var errGivenUp = errors.New("it was given up")

// settle waits until all that GPUs were asked to exchange is done, or a rank is lost.
func (w *World) settle() error {
	err := w.whileAllLive(w.cards, w.cards.settle)
	if err == nil {
		return nil
	}
	// NCCL may see that a connection has closed, and does not tell whose: who looks at the ranks' beats will know.
	select {
	case <-w.watch.done:
	case <-time.After(w.watch.timeout):
	}
	return w.watch.declare(ranks.Lost{Rank: w.place.Rank, Reason: fmt.Sprintf("the connection of its GPU broke off: %v", err)})
}

// across is exchange for blocks of the GPU's memory. It is not waited for: settle is called behind all of them.
func (w *World) across(peer int, out, in Block) error {
	if w.cards == nil {
		return fmt.Errorf("collective: blocks of a GPU's memory, and the GPUs are not connected")
	}
	if out.N == 0 && in.N == 0 {
		return nil
	}
	if err := w.cards.exchange(peer, out, in); err != nil {
		return fmt.Errorf("collective: %w", err)
	}
	w.sent.Add(out.bytes())
	return nil
}

// waitFor ends what was begun by across, in whatever way it went: nothing is on its way afterwards.
func (w *World) waitFor(device torch.Device, err error) error {
	if !device.IsCUDA() || w.cards == nil {
		return err
	}
	if err != nil {
		w.cards.Abort()
		_ = w.cards.settle()
		return err
	}
	return w.settle()
}

// follow puts what is exchanged from now on behind what a tensor's device was asked for so far.
func (w *World) follow(t *torch.Tensor) error {
	if !t.Device().IsCUDA() || w.cards == nil {
		return nil
	}
	return torch.Run(w.cards.follow)
}
