package corpus

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader turns UTF-16 into UTF-8. What is no character becomes U+FFFD.
type utf16Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
	out   []byte // converted, not yet handed out
	err   error
}

// Read implements io.Reader.
func (r *utf16Reader) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// fill converts up to 4096 units.
func (r *utf16Reader) fill() {
	r.out = r.out[:0:cap(r.out)]
	var unit uint16
	for range 4096 {
		if unit, r.err = r.unit(); r.err != nil {
			break
		}
		c := rune(unit)
		if utf16.IsSurrogate(c) {
			next, err := r.in.Peek(2)
			if err == nil {
				c = utf16.DecodeRune(c, rune(r.order.Uint16(next)))
			}
			if err == nil && c != utf8.RuneError {
				_, _ = r.in.Discard(2)
			} else {
				c = utf8.RuneError
			}
		}
		r.out = utf8.AppendRune(r.out, c)
	}
}

func (r *utf16Reader) unit() (uint16, error) {
	var two [2]byte
	_, err := io.ReadFull(r.in, two[:])
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it is UTF-16 and ends in the middle of a character (was it cut short?)")
	}
	return r.order.Uint16(two[:]), err
}
