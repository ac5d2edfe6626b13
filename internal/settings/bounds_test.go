package settings

import (
	"runtime"
	"testing"
)

func TestThreads(t *testing.T) {
	for n, ok := range map[int]bool{-1: false, 0: false, 1: true, runtime.NumCPU(): true, 256: true, 100000: false} {
		if err := plausible(n); (err == nil) != ok {
			t.Errorf("plausible(%d) = %v", n, err)
		}
	}
}
