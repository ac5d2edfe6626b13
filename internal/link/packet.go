package link

import "encoding/binary"

const (
	head    = 10       // what the kernel writes before a packet: how to cut it, and where its check sum goes
	frame   = 38       // Ethernet's on the wire: addresses, type, check sum, preamble and gap
	largest = 64 << 10 // of a packet
)

// packet is what is on the way, behind the kernel's head.
type packet struct {
	bytes []byte
	to    int
	due   int64 // when it arrives, by the monotonic clock
}

// destination is the machine that a packet is for, or a number that none has.
func (p packet) destination() int {
	ip := p.bytes[head:]
	if len(ip) < 20 || ip[0]>>4 != 4 || ip[16] != 10 || ip[17] != 77 || ip[18] != 0 {
		return -1
	}
	return int(ip[19]) - 1
}

// onWire is how many bytes the frames have into which a card would cut a packet.
func (p packet) onWire() int {
	size := len(p.bytes) - head
	headers, segment := int(binary.NativeEndian.Uint16(p.bytes[2:])), int(binary.NativeEndian.Uint16(p.bytes[4:]))
	if segment == 0 || headers >= size {
		return size + frame
	}
	frames := (size - headers + segment - 1) / segment
	return size + (frames-1)*headers + frames*frame
}
