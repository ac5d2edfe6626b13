package pretrain

import (
	"golang.org/x/sys/unix"

	"gobert/internal/fault"
	"gobert/internal/ui"
)

// roomFor refuses a run whose first checkpoint the disk could not take: an old checkpoint goes only after a new one is whole.
func roomFor(folder string, checkpoint int64) error {
	var s unix.Statfs_t
	told := unix.Statfs(folder, &s) == nil // a file system that does not tell leaves it to the first save
	if left := int64(s.Bavail) * s.Bsize; told && left < 2*checkpoint {
		return fault.New("{out}: %s are left on the disk of %s, two checkpoints take %s", ui.Bytes(left), folder, ui.Bytes(2*checkpoint)).
			Advise("make room, or give another folder")
	}
	return nil
}
