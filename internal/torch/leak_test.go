package torch

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"gobert/internal/testkit"
)

// iterations is how often a thing is done: full is the length the project's figures are taken at; the suite runs a tenth of it.
func iterations(full int) int {
	if os.Getenv("GOBERT_LONG") != "" {
		return full
	}
	return full / 10
}

// room is how much resident memory may grow in one case; measured is how often it is measured.
const room, measured = 512 << 10, 12

func TestNothingLeaks(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector keeps memory of its own")
	}
	cases := []struct {
		name  string
		total int
		chunk int
		run   func(n int)
	}{
		{"1,000,000 operators", 1_000_000, 1000, func(n int) {
			do(t, Mode{}, func(p *Pass) {
				a, b := From(p, []float32{1, 2}, 2), From(p, []float32{3, 4}, 2)
				for range n {
					p.Add(a, b)
				}
			})
		}},
		{"20,000 forward and backward passes", 20_000, 10, func(n int) {
			do(t, Mode{}, func(outer *Pass) {
				w := outer.Adopt(Leaf(outer.Adopt(ones(64*64)), 0, true, 64, 64))
				for range n {
					p := Begin(Mode{Grad: true})
					x := p.Reshape(p.Adopt(ones(64*8)), 8, 64)
					p.Backward(p.Sum(p.Tanh(p.Matmul(p.Tanh(p.Matmul(x, w)), w)), Float32), nil)
					p.Close()
				}
				w.SetGrad(nil)
			})
		}},
		{"10,000 copies in place of 4 MiB", 10_000, 10, func(n int) {
			do(t, Mode{}, func(p *Pass) {
				a, b := p.Adopt(ones(1<<20)), p.Adopt(ones(1<<20))
				for range n {
					a.CopyFrom(b, false)
				}
			})
		}},
		{"100,000 errors", 100_000, 100, func(n int) {
			for range n {
				if err := Do(Mode{}, func(p *Pass) error { p.Matmul(From(p, []float32{1}, 1), From(p, []float32{1, 2}, 2)); return nil }); err == nil {
					t.Error("no error")
				}
			}
		}},
	}
	threads := Threads()
	if err := SetThreads(1); err != nil { // tiny operators on several threads only wait for each other
		t.Fatal(err)
	}
	defer SetThreads(threads)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			total := iterations(c.total)
			var held []int64
			for range measured {
				for done := 0; done < total; done += measured * c.chunk {
					c.run(c.chunk)
				}
				held = append(held, testkit.Resident(t))
			}
			testkit.Flat(t, held, room)
		})
	}
}

// TestErrorsAreCaughtWhileBusy raises 1,000 errors while 16 goroutines keep the scheduler moving goroutines around.
func TestErrorsAreCaughtWhileBusy(t *testing.T) {
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					runtime.Gosched()
					_ = Do(Mode{}, func(p *Pass) error { p.Tanh(From(p, []float32{1}, 1)); return nil })
				}
			}
		})
	}
	for i := range 1000 {
		n := int64(i%7 + 2)
		err := Do(Mode{}, func(p *Pass) error {
			p.Matmul(p.Adopt(NewZeros(Float32, CPU, 1, n)), p.Adopt(NewZeros(Float32, CPU, n+1, 1)))
			return nil
		})
		if want := fmt.Sprintf("matmul(float32[1 %d], float32[%d 1])", n, n+1); err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("try %d: got %v, want %s", i, err, want)
		}
	}
	close(stop)
	wait.Wait()
}
