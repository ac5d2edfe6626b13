package serve

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"

	"gobert/internal/testkit"
)

// TestSoak: requests by the thousand, good and bad, leave neither memory nor goroutines nor files. GOBERT_LONG makes them a million.
func TestSoak(t *testing.T) {
	requests := 4000
	if os.Getenv("GOBERT_LONG") != "" {
		requests = 1_000_000
	}
	s := newServer(t, Options{}, "labels", "plain")
	bodies := []struct {
		path, body string
		status     int
	}{
		{"/predict", `{"model":"labels","inputs":"it was good"}`, http.StatusOK},
		{"/embed", `{"model":"plain","inputs":["rain",%s]}`, http.StatusOK},
		{"/embed", `{"model":"plain","inputs":7}`, http.StatusUnprocessableEntity},
		{"/nowhere", `{}`, http.StatusNotFound},
	}
	burst := func(n int) {
		var group sync.WaitGroup
		for worker := range 8 {
			group.Go(func() {
				for i := range n / 8 {
					c := bodies[(i+worker)%len(bodies)]
					body := c.body
					if c.path == "/embed" && c.status == http.StatusOK {
						body = fmt.Sprintf(c.body, strconv.Quote(sentence(i%50)))
					}
					if status, answer := ask(s, c.path, body); status != c.status {
						t.Errorf("%s %s: %d %s", c.path, body, status, answer)
						return
					}
				}
			})
		}
		group.Wait()
	}
	burst(requests / 4) // every size has been there once
	compare := testkit.Left(t)
	var held []int64
	for range 12 {
		burst(requests / 12)
		held = append(held, testkit.Resident(t))
	}
	testkit.Flat(t, held, 2<<20)
	compare()
}
