package intake

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"gobert/internal/ui"
)

// Memory is how many bytes this process may still take: the least of what the machine has free, what its control group
// allows (a container, a batch job) and what its own limit leaves (ulimit -v). What cannot be known does not limit.
func Memory() int64 {
	return min(machine(), controlGroup("/proc/self/cgroup", "/sys/fs/cgroup"), addressSpace())
}

// Fits refuses what takes more memory than there is; the error names both.
func Fits(what string, bytes int64) error {
	if left := Memory(); bytes > left {
		return fmt.Errorf("%s takes %s of memory, %s are free", what, ui.Bytes(bytes), ui.Bytes(left))
	}
	return nil
}

// machine is what the kernel says it could give without swapping.
func machine() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return math.MaxInt64
	}
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte("MemAvailable:")); ok {
			if n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(string(value)), " kB"), 10, 64); err == nil {
				return n << 10
			}
		}
	}
	return math.MaxInt64
}

// controlGroup is what the group of this process and the groups around it leave (version 2, where all limits stand in one
// tree). Memory that only caches files is given back when it is wanted, and does not count as taken.
func controlGroup(membership, root string) int64 {
	left := int64(math.MaxInt64)
	text, err := os.ReadFile(membership)
	if err != nil {
		return left
	}
	for line := range strings.Lines(string(text)) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		for group = path.Clean("/" + group); ; group = path.Dir(group) {
			folder := path.Join(root, group)
			if limit, ok := number(path.Join(folder, "memory.max")); ok {
				taken, _ := number(path.Join(folder, "memory.current"))
				left = min(left, max(0, limit-taken+cached(path.Join(folder, "memory.stat"))))
			}
			if group == "/" {
				break
			}
		}
	}
	return left
}

// number reads a file that holds one; "max" is none.
func number(file string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}

// cached is the memory of a group that holds files which nobody uses at the moment.
func cached(stat string) int64 {
	text, err := os.ReadFile(stat)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "inactive_file "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return n
		}
	}
	return 0
}

// addressSpace is what "ulimit -v" leaves.
func addressSpace() int64 {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &limit) != nil || limit.Cur > math.MaxInt64 {
		return math.MaxInt64
	}
	text, _ := os.ReadFile("/proc/self/statm") // where it cannot be read nothing is known to be taken
	taken, _, _ := strings.Cut(string(text), " ")
	pages, _ := strconv.ParseInt(taken, 10, 64)
	return max(0, int64(limit.Cur)-pages*int64(os.Getpagesize()))
}
