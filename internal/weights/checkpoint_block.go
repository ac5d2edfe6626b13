package weights

import (
	"encoding/binary"
	"errors"
)

// errBlock reports a block whose parts do not fit together.
var errBlock = errors.New("an entry reaches beyond its block (damaged?)")

// eachInBlock calls yield with each key and value of a block; both are valid during the call
// only. An entry is three varints (bytes shared with the key before, further bytes of the key,
// bytes of the value), the rest of the key, and the value. After the entries come the places
// of those that share nothing, for binary search, and their number.
func eachInBlock(block []byte, yield func(key, value []byte) error) error {
	if len(block) < 4 {
		return errBlock
	}
	restarts := uint64(binary.LittleEndian.Uint32(block[len(block)-4:]))
	if restarts*4 > uint64(len(block)-4) {
		return errBlock
	}
	entries := block[:len(block)-4-int(restarts)*4]
	var key []byte
	for len(entries) > 0 {
		var lengths [3]uint64
		for i := range lengths {
			value, n := binary.Uvarint(entries)
			if n <= 0 {
				return errBlock
			}
			lengths[i], entries = value, entries[n:]
		}
		shared, more, size := lengths[0], lengths[1], lengths[2]
		left := uint64(len(entries))
		if shared > uint64(len(key)) || more > left || size > left-more {
			return errBlock
		}
		key = append(key[:shared], entries[:more]...)
		if err := yield(key, entries[more:more+size]); err != nil {
			return err
		}
		entries = entries[more+size:]
	}
	return nil
}
