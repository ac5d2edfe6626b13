package torch

import (
	"bytes"
	"os"
	"strconv"
)

// Held is how many bytes the process holds: of the device's memory, or of the machine's for the CPU. 0 where nobody tells.
func (d Device) Held() int64 {
	if d.IsCUDA() {
		gpu, err := d.Describe()
		if err != nil {
			return 0
		}
		return gpu.Reserved
	}
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}
