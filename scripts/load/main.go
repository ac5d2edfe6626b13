// Load asks a server as many clients do, and tells how many requests a second it answered and how long they took.
//
//	go run ./scripts/load --url http://127.0.0.1:8080/embed --clients 32 --seconds 20
//	go run ./scripts/load --url http://127.0.0.1:7997/embeddings --form openai --model minilm
//	go run ./scripts/load --url http://127.0.0.1:8080/embed --clients 8 --bad 1000
//	go run ./scripts/load --print 20000 > texts.txt
//
// Texts are of mixed length, the same ones for each server: a request's number decides. Each client sends its next request when it has
// the answer to the last one; with --rate they come at their times, whether the server answers or not, as from the outside world.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// settings are the flags.
type settings struct {
	url, form, model string
	clients, texts   int
	longest          int
	seconds, warm    float64
	rate             float64
	lines            int
	bad              int
}

// result is what is printed.
type result struct {
	URL       string         `json:"url"`
	Clients   int            `json:"clients"`
	Seconds   float64        `json:"seconds"`
	Requests  int            `json:"requests"`
	PerSecond float64        `json:"answered_per_second"`
	Texts     float64        `json:"texts_per_second"`
	P50       float64        `json:"p50_ms"`
	P95       float64        `json:"p95_ms"`
	P99       float64        `json:"p99_ms"`
	Most      float64        `json:"max_ms"`
	Statuses  map[string]int `json:"statuses"`
	Refused   float64        `json:"refused_p99_ms"`
	Bad       int64          `json:"bad_connections,omitempty"`
}

// answer is one request's.
type answer struct {
	status string
	took   time.Duration
}

func main() {
	var s settings
	flag.StringVar(&s.url, "url", "http://127.0.0.1:8080/embed", "route to ask")
	flag.StringVar(&s.form, "form", "tei", "tei: {inputs}; openai: {model, input}; predict: {inputs: [[text], ...]}")
	flag.StringVar(&s.model, "model", "", "name of the model in the body; several, with commas between, take turns")
	flag.IntVar(&s.clients, "clients", 32, "requests at once")
	flag.IntVar(&s.texts, "texts", 1, "texts of a request")
	flag.IntVar(&s.longest, "longest", 100, "words of the longest text")
	flag.Float64Var(&s.seconds, "seconds", 20, "how long is measured")
	flag.Float64Var(&s.warm, "warm", 3, "seconds before")
	flag.Float64Var(&s.rate, "rate", 0, "requests a second that come whether others are answered or not; 0: each client waits")
	flag.IntVar(&s.lines, "print", 0, "print the texts of so many requests, a line each, and ask nobody")
	flag.IntVar(&s.bad, "bad", 0, "slow, cut and malformed clients beside, which are not measured")
	flag.Parse()
	if s.lines > 0 {
		for number := range s.lines {
			fmt.Println(strings.Join(s.some(uint64(number+1)), "\n"))
		}
		return
	}
	r, err := s.measure()
	if err == nil {
		e := json.NewEncoder(os.Stdout)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// measure asks.
func (s *settings) measure() (*result, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4 * s.clients}, Timeout: time.Minute}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration((s.warm+s.seconds)*float64(time.Second)))
	defer cancel()
	connections, wait, err := bad(ctx, s.url, s.bad)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var all []answer
	var number atomic.Uint64
	from := time.Now().Add(time.Duration(s.warm * float64(time.Second)))
	one := func() {
		body, began := s.body(number.Add(1)), time.Now()
		status := s.ask(client, body)
		if began.After(from) {
			mu.Lock()
			all = append(all, answer{status, time.Since(began)})
			mu.Unlock()
		}
	}
	var group sync.WaitGroup
	if s.rate > 0 {
		tick := time.NewTicker(time.Duration(float64(time.Second) / s.rate))
		defer tick.Stop()
		for ctx.Err() == nil {
			<-tick.C
			group.Go(one)
		}
	} else {
		for range s.clients {
			group.Go(func() {
				for ctx.Err() == nil {
					one()
				}
			})
		}
	}
	group.Wait()
	wait()
	if len(all) == 0 {
		return nil, fmt.Errorf("%s answered nothing in %v seconds", s.url, s.seconds)
	}
	r := s.summary(all, time.Since(from).Seconds())
	r.Bad = connections.Load()
	return r, nil
}

// ask sends a body, and says how it was answered.
func (s *settings) ask(client *http.Client, body []byte) string {
	r, err := client.Post(s.url, "application/json", bytes.NewReader(body))
	if err != nil {
		return "no answer"
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return "half an answer"
	}
	return fmt.Sprint(r.StatusCode)
}

// words are what texts are made of.
var words = strings.Fields("the of and in to a is was for as on with by he that at from his it an are were which this also be has had " +
	"city river music science history football engine garden winter island language paper window school market bridge mountain")

// some are the texts of a request by its number. Lengths are spread evenly between the logarithms of 3 and of the longest.
func (s *settings) some(number uint64) []string {
	random := rand.New(rand.NewPCG(number, 7))
	texts := make([]string, s.texts)
	for i := range texts {
		const least = 3.0
		n := int(math.Exp(math.Log(least) + random.Float64()*(math.Log(float64(s.longest))-math.Log(least))))
		some := make([]string, n)
		for k := range some {
			some[k] = words[random.IntN(len(words))]
		}
		texts[i] = strings.Join(some, " ")
	}
	return texts
}

// body is that of a request by its number.
func (s *settings) body(number uint64) []byte {
	texts, body := s.some(number), map[string]any{}
	if s.model != "" {
		models := strings.Split(s.model, ",")
		body["model"] = models[number%uint64(len(models))]
	}
	switch s.form {
	case "openai":
		body["input"] = texts
	case "predict":
		var lists [][]string
		for _, t := range texts {
			lists = append(lists, []string{t})
		}
		body["inputs"] = lists
	default:
		body["inputs"] = texts
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings and lists are JSON
	}
	return text
}

// summary counts.
func (s *settings) summary(all []answer, seconds float64) *result {
	r := &result{URL: s.url, Clients: s.clients, Seconds: seconds, Requests: len(all), Statuses: map[string]int{}}
	var good, refused []float64
	for _, a := range all {
		r.Statuses[a.status]++
		switch ms := float64(a.took.Microseconds()) / 1000; a.status {
		case "200":
			good = append(good, ms)
		case "429":
			refused = append(refused, ms)
		}
	}
	r.PerSecond = float64(len(good)) / seconds
	r.Texts = r.PerSecond * float64(s.texts)
	r.P50, r.P95, r.P99, r.Most = quantile(good, 0.5), quantile(good, 0.95), quantile(good, 0.99), quantile(good, 1)
	r.Refused = quantile(refused, 0.99)
	return r
}

// quantile is the value that a share of the values does not exceed; 0 of none.
func quantile(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[max(0, int(math.Ceil(share*float64(len(values))))-1)]
}
