package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bad clients of three kinds keep a server busy beside the good ones: each has a connection, and a new one when that is over, a second later at most.
//
//   - slow ones send a body's bytes one after the other, ten in a second, until they are told to go;
//   - cut ones send half a body, and are gone;
//   - malformed ones send what is no HTTP, or no JSON.
func bad(ctx context.Context, to string, clients int) (connections *atomic.Int64, wait func(), err error) {
	u, err := url.Parse(to)
	if err != nil {
		return nil, nil, err
	}
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n", u.Path, u.Host)
	slow := head + strings.Repeat(" ", 400)
	kinds := []func(ctx context.Context, c net.Conn){
		func(ctx context.Context, c net.Conn) {
			for at := 0; ctx.Err() == nil && at < 400; at++ {
				if _, err := io.WriteString(c, slow[at:at+1]); err != nil {
					return
				}
				pause(ctx, 100*time.Millisecond)
			}
		},
		func(_ context.Context, c net.Conn) { _, _ = io.WriteString(c, head+`{"inputs": "the riv`) },
		func(_ context.Context, c net.Conn) {
			_, _ = io.WriteString(c, "\x16\x03\x01 garbage\r\n\r\n")
			_, _ = io.Copy(io.Discard, c)
		},
		func(_ context.Context, c net.Conn) {
			_, _ = io.WriteString(c, head+strings.Repeat("{[", 200))
			_, _ = c.Read(make([]byte, 1))
		},
	}
	connections = new(atomic.Int64)
	var group sync.WaitGroup
	for i := range clients {
		group.Go(func() {
			for pause(ctx, time.Duration(i)*time.Second/time.Duration(clients)); ctx.Err() == nil; pause(ctx, time.Second) {
				c, err := (&net.Dialer{}).DialContext(ctx, "tcp", u.Host)
				if err != nil {
					continue
				}
				connections.Add(1)
				stop := context.AfterFunc(ctx, func() { c.Close() })
				kinds[i%len(kinds)](ctx, c)
				c.Close()
				stop()
			}
		})
	}
	return connections, group.Wait, nil
}

// pause waits, unless the time is over.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
