package intake

import (
	"gobert/internal/fault"
	"gobert/internal/ui"
)

// Record is the longest line, row, cell or document that is read, in bytes after decompression. No text of a person is as
// long; a file without line ends, a decompressed bomb or a file of another format is.
const Record = 256 << 20

// TooLong is the fault of a record beyond [Record]; what is its name: line, row, object.
func TooLong(what string) error {
	return fault.New("the %s is longer than %s, the limit of one %[1]s", what, ui.Bytes(Record)).Advise("is it another format? Texts need line ends")
}

// copies is how often a long record lies in memory on its way to the model: as read, as text, as tokens with their places, and
// as what the model computes of them.
const copies = 24

// Chunk is how much of a record may be read between two calls of [Growing].
const Chunk = 1 << 16

// step is the length at which memory is asked for the first time, and after which again.
const step = 4 << 20

// Growing is asked of a record that is being read, length bytes so far, before more of it is: it may be too long, or longer
// than what memory has room for.
func Growing(length int, what string) error {
	switch {
	case length > Record:
		return TooLong(what)
	case length < step || length%step >= Chunk:
		return nil
	}
	return Fits("the "+what+", "+ui.Bytes(int64(length))+" so far and not at its end,", int64(length)*copies)
}
