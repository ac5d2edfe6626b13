package corpus

import (
	"bytes"
	"context"
	"sync/atomic"
)

// lineCounter tells in which line or row of its file a block begins, for errors of parts, which do not read what comes before. It is
// asked seldom, and reads on from where it was asked before.
type lineCounter struct {
	options ReadOptions
	sources []Source
	at      position
	lines   int64
}

// before counts the lines or rows of a file before a block of it.
func (c *lineCounter) before(p position) (int64, error) {
	if c.at.Source != p.Source || c.at.Offset > p.Offset {
		c.at, c.lines = position{Source: p.Source}, 0
	}
	if c.at.Offset == p.Offset {
		return c.lines, nil
	}
	all := c.options
	all.share, all.OnError = nil, func(error) {}
	var read atomic.Int64
	var failed error
	all.readBlocks(context.Background(), append([]Source(nil), c.sources...), c.at, &read, func() []byte { return nil }, func(b block) bool {
		if failed = b.fault; failed != nil {
			return false
		}
		if c.lines += int64(len(b.records)); b.records == nil {
			c.lines += int64(bytes.Count(b.data, []byte("\n")))
		}
		c.at = b.next
		return !b.last && c.at.Offset < p.Offset
	})
	return c.lines, failed
}
