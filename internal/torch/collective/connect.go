package collective

import (
	"context"
	"fmt"
	"net"
	"os"
)

// connect makes the link. It is given up with the verdict, and left behind then.
func (w *World) connect(ctx context.Context, o openings) error {
	address, err := w.outward(o.address)
	if err != nil {
		return w.Fail(err)
	}
	for distance := 1; distance < w.place.Size; distance *= 2 { // more than one rank looks at each, as one may have come late itself
		pending, err := w.watch.begin(w.place.Rank^distance, nil)
		if err != nil {
			return err
		}
		defer w.watch.end(pending)
	}
	type made struct {
		link Link
		err  error
	}
	done := make(chan made, 1)
	go func() {
		// A connection to the store of its own: Gloo holds it while it waits for the others.
		s, err := newStore(o.host, w.place.Port, -1, o.prefix, w.opts.Patience)
		if err != nil {
			done <- made{err: err}
			return
		}
		defer s.free()
		link, err := newGloo(s, w.place.Rank, w.place.Size, address, w.opts.Patience)
		done <- made{link, err}
	}()
	select {
	case m := <-done:
		if m.err != nil {
			return w.Fail(fmt.Errorf("connecting with the others from %s: %w", address, m.err))
		}
		w.link = m.link
		return nil
	case <-w.watch.done:
		return w.watch.verdict()
	case <-ctx.Done():
		return w.Fail(ctx.Err())
	}
}

// outward is the address at which others reach this rank. The way to a store on the same machine may be one that no other machine can
// go: where any rank came from outside, it is the way to that one.
func (w *World) outward(address string) (string, error) {
	if os.Getenv("GLOO_SOCKET_IFNAME") != "" {
		return "", nil // the user says which interface
	}
	inside := func(a string) bool { return a == "" || net.ParseIP(a).IsLoopback() }
	if !inside(address) {
		return address, nil
	}
	for _, c := range w.roster {
		if inside(c.Address) {
			continue
		}
		way, err := net.Dial("udp", net.JoinHostPort(c.Address, "9")) // sends nothing: asks for the way
		if err != nil {
			return "", fmt.Errorf("this machine has no way to %s, from where another rank came: %w", c.Address, err)
		}
		defer way.Close()
		return ip(way.LocalAddr()), nil
	}
	return "127.0.0.1", nil
}
