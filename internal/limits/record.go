package limits

import (
	"fmt"

	"gobert/internal/ui"
)

// Record is the longest line, row, cell or document that is read, in bytes after decompression. No text of a person is as
// long; a file without line ends, a decompressed bomb or a file of another format is.
const Record = 256 << 20

// TooLong is the fault of a record beyond [Record]; what is its name: line, row, object.
func TooLong(what string) error {
	return fmt.Errorf("the %s is longer than %s, the limit of one %[1]s (hint: is it another format? Texts need line ends)", what, ui.Bytes(Record))
}
