package collective

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"gobert/internal/fault"
	"gobert/internal/ranks"
)

// openings are two connections to the store: one for what the rank asks for, and one for its watch. The address is this machine's own, on the
// way to the store.
type openings struct {
	store, watch *store
	host, prefix string // for further ones
	address      string
}

// open finds the store, or begins to keep it.
func open(ctx context.Context, p ranks.Place, prefix string, patience time.Duration) (o openings, err error) {
	o.prefix = prefix
	listener := -1
	if p.Keeps() {
		if listener, err = keep(p); err != nil {
			return o, err
		}
		o.host = "127.0.0.1"
	} else if o.host, o.address, err = find(ctx, p, patience); err != nil {
		return o, err
	}
	if o.store, err = newStore(o.host, p.Port, listener, prefix, patience); err == nil {
		o.watch, err = newStore(o.host, p.Port, -1, prefix, patience)
	}
	if err != nil {
		o.store.free()
		return o, fault.New("collective: the store that rank 0 keeps at %s: %w", p.Meeting(), err)
	}
	return o, nil
}

// keep gives the descriptor of a socket at which the store can listen.
func keep(p ranks.Place) (int, error) {
	if p.Listener() > 0 {
		return p.Listener(), nil
	}
	l, err := net.Listen("tcp", fmt.Sprintf(":%d", p.Port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return 0, fault.New("collective: port %d of this machine, where rank 0 keeps the store, is in use", p.Port).
			Advise("another run meets there, or rank 0 was started twice; MASTER_PORT is another one")
	}
	if err != nil {
		return 0, fault.New("collective: keeping the store at port %d: %w", p.Port, err)
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return syscall.Dup(int(file.Fd())) // the store takes it over, and closes it
}

// find waits until the store's name resolves and something listens there. It gives the address that answered, and this machine's own on
// the way to it.
func find(ctx context.Context, p ranks.Place, patience time.Duration) (host, own string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var last error
	err = poll(ctx, nil, func() (bool, error) {
		var c net.Conn
		c, last = (&net.Dialer{}).DialContext(ctx, "tcp", p.Meeting())
		if last != nil {
			return false, nil
		}
		defer c.Close()
		host, own = ip(c.RemoteAddr()), ip(c.LocalAddr())
		return true, nil
	})
	var name *net.DNSError
	reason, advice := fmt.Sprintf("rank 0, which keeps the store, did not come to %s within %v: %v", p.Meeting(), patience, last), "was it started, on that machine?"
	switch {
	case err == nil:
		return host, own, nil
	case errors.Is(err, context.Canceled):
		return "", "", err
	case errors.As(last, &name):
		reason = fmt.Sprintf("%s, where rank 0 keeps the store, does not resolve since %v: %v", p.Address, patience, last)
		advice = "MASTER_ADDR is the name or address of rank 0's machine"
	case errors.Is(last, os.ErrDeadlineExceeded), errors.Is(last, context.DeadlineExceeded):
		reason = fmt.Sprintf("%s, where rank 0 keeps the store, does not answer since %v", p.Meeting(), patience)
		advice = "is it the machine of rank 0, and does a firewall let the port through?"
	}
	return "", "", &ranks.Lost{Rank: 0, Kind: ranks.Absent, Reason: reason, Advice: advice}
}

func ip(a net.Addr) string {
	host, _, _ := net.SplitHostPort(a.String())
	return host
}
