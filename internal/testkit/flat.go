package testkit

import (
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Resident is how much memory the process holds when the collector has done its work, in bytes.
func Resident(t testing.TB) int64 {
	t.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("resident memory is read from /proc, which this system lacks")
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// leastMeasurements is of how many a growth is told: with fewer, two threads that arrive late would be in half of the windows.
const leastMeasurements = 11

// Flat fails the test where the process grows steadily: held is what it held at equal distances of equal work, over all of which it
// may grow by less than room bytes. Told is the growth of the median window between one measurement and the next but one. A leak is
// in every window, if that is as long as whatever comes only now and then (an evaluation, a checkpoint). A thread of LibTorch's that
// arrives late takes some megabytes once, which is in two windows, and what is held for a moment is given back in the next.
func Flat(t testing.TB, held []int64, room int64) {
	t.Helper()
	if len(held) < leastMeasurements {
		t.Fatalf("the memory was measured %d times, which is not enough", len(held))
	}
	grown := growth(held)
	t.Logf("the process grows steadily by %d KiB", grown>>10)
	if grown >= room {
		t.Errorf("the process grows steadily, by %d KiB in all, %d are allowed; from one measurement to the next it held %d bytes", grown>>10, room>>10, held)
	}
}

// growth is what the whole grows by if each window does as the median.
func growth(held []int64) int64 {
	var windows []int64
	for i, now := range held[2:] {
		windows = append(windows, now-held[i])
	}
	slices.Sort(windows)
	return windows[(len(windows)-1)/2] * int64(len(held)-1) / 2
}

// Left counts what runs and what is open now. What it gives fails the test where there is more of either later: a goroutine more is
// LibTorch's, which stays. Goroutines that are about to end are waited for.
func Left(t testing.TB) (compare func()) {
	t.Helper()
	files := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("this system does not show a process's files")
		}
		return len(entries)
	}
	goroutines, open := runtime.NumGoroutine(), files()
	return func() {
		t.Helper()
		for late := time.Now().Add(time.Minute); runtime.NumGoroutine() > goroutines+1 && time.Now().Before(late); {
			time.Sleep(time.Millisecond)
		}
		if now := runtime.NumGoroutine(); now > goroutines+1 {
			t.Errorf("%d goroutines before, %d after", goroutines, now)
		}
		if now := files(); now > open {
			t.Errorf("%d files were open before, %d are after", open, now)
		}
	}
}
