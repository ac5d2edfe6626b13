package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gobert/bert"
	"gobert/data/labelled"
	"gobert/internal/testkit"
	"gobert/internal/torch"
	"gobert/pipeline"
	"gobert/task"
)

// adapters are folders in PEFT's format over the plain model, made once, of which each says something else.
var adapters = sync.OnceValues(func() (string, error) {
	dir, err := folders()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "adapters")
	tags := labelled.NewLabels(labelled.Single, []string{"O", "B-PER", "I-PER", "B-LOC"})
	for name, o := range map[string]task.Options{
		"mood":   {Kind: task.Classify, Labels: labelled.NewLabels(labelled.Single, []string{"bad", "fair", "good"})},
		"topics": {Kind: task.Classify, Labels: labelled.NewLabels(labelled.Multi, []string{"film", "book"}), Pooling: "mean"},
		"names":  {Kind: task.Tag, Labels: tags}, "spans": {Kind: task.Span}, "choices": {Kind: task.Choice},
	} {
		if err := writeAdapter(filepath.Join(dir, name), o); err != nil {
			return "", err
		}
	}
	return dir, nil
})

func writeAdapter(to string, o task.Options) error {
	dir, err := folders()
	if err != nil {
		return err
	}
	o.Seed, o.Warn = uint64(len(to)), func(string) {}
	o.Adapter = &bert.AdapterOptions{Rank: 3, Alpha: 5, Targets: []string{"query", "value", "attention.output.dense", "intermediate.dense", "output.dense"}}
	m, err := task.Open(context.Background(), filepath.Join(dir, "plain"), o)
	if err != nil {
		return err
	}
	defer m.Close()
	err = torch.Run(func() error {
		for i, p := range bert.Parameters(m.Network) {
			if !p.Frozen {
				p.Value.FillUniform(0.4, o.Seed+uint64(i))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return bert.Replace(to, func(folder string) error {
		if err := m.Write(folder, bert.SaveOptions{}); err != nil {
			return err
		}
		return m.WriteAdapted(folder, false)
	})
}

// adapter is the folder of one.
func adapter(t testing.TB, name string) string {
	t.Helper()
	dir, err := adapters()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// newHouse serves the plain model as base, and adapters over it.
func newHouse(t testing.TB, o Options, names ...string) *Server {
	t.Helper()
	s := newServer(t, o)
	if err := s.Load(t.Context(), folder(t, "plain"), "base"); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := s.LoadAdapter(t.Context(), "base", adapter(t, name), name); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// inHouse are requests to a base and its adapters, by the folder of each.
var inHouse = map[string]struct{ path, body string }{
	"base":    {"/embed", `{"model":"base","inputs":%q}`},
	"mood":    {"/predict", `{"model":"mood","inputs":%q,"raw_scores":true}`},
	"topics":  {"/predict", `{"model":"topics","inputs":%q}`},
	"names":   {"/tags", `{"model":"names","inputs":%q,"aggregation":"none"}`},
	"spans":   {"/answer", `{"model":"spans","inputs":[{"question":"who wrote the story","context":%q}],"best":2}`},
	"choices": {"/choose", `{"model":"choices","inputs":[{"text":%[1]q,"choices":["a book","Rome"]},{"text":%[1]q,"choices":["a book","Rome","rain"]}]}`},
}

// sameAnswer compares JSON, numbers within 1e-6.
func sameAnswer(t *testing.T, what, got, want string) {
	t.Helper()
	var a, b any
	if json.Unmarshal([]byte(got), &a) != nil || json.Unmarshal([]byte(want), &b) != nil {
		t.Errorf("%s: %s, expected %s", what, got, want)
		return
	}
	var x, y []float32
	if one, other := flatten(a, &x), flatten(b, &y); one != other {
		t.Errorf("%s: %s, expected %s", what, got, want)
		return
	}
	testkit.Compare(t, what, x, y, 1e-6)
}

// flatten takes the numbers out of a value of JSON, and gives the rest as a text.
func flatten(v any, numbers *[]float32) string {
	switch v := v.(type) {
	case float64:
		*numbers = append(*numbers, float32(v))
		return "number"
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, flatten(x, numbers))
		}
		return fmt.Sprint(parts)
	case map[string]any:
		keys := map[string]string{}
		for _, key := range []string{"label", "score", "word", "start", "end", "answer", "best", "choice", "text", "entity"} {
			if x, ok := v[key]; ok {
				keys[key] = flatten(x, numbers)
			}
		}
		return fmt.Sprint(len(v), keys)
	}
	return fmt.Sprint(v)
}

// atOnce lets requests to a base and its adapters wait until all are there, so that they go through one pass.
func atOnce(t *testing.T, s *Server, requests ...func()) {
	t.Helper()
	base, err := s.acquire("base")
	if err != nil {
		t.Fatal(err)
	}
	defer base.users.Done()
	base.slot <- struct{}{}
	var group sync.WaitGroup
	for _, request := range requests {
		group.Go(request)
	}
	for waiting := 0; waiting < len(requests) && !t.Failed(); time.Sleep(time.Millisecond) {
		base.mu.Lock()
		waiting = len(base.waiting)
		base.mu.Unlock()
	}
	<-base.slot
	group.Wait()
}

// TestAdaptersShareTheirBase: each adapter says what it says merged, in a model of its own, however requests are mixed; and the base is in memory once.
func TestAdaptersShareTheirBase(t *testing.T) {
	alone := newServer(t, Options{})
	want := map[string][]string{}
	const texts = 8
	for name, ask1 := range inHouse {
		from := folder(t, "plain")
		if name != "base" {
			from = adapter(t, name)
		}
		if err := alone.Load(t.Context(), from, name); err != nil {
			t.Fatal(err)
		}
		for i := range texts {
			status, answer := ask(alone, ask1.path, fmt.Sprintf(ask1.body, sentence(i)))
			if status != http.StatusOK {
				t.Fatalf("%s: %d %s", name, status, answer)
			}
			want[name] = append(want[name], answer)
		}
	}
	s := newHouse(t, Options{}, "mood", "topics", "names", "spans", "choices")
	weight := func(name string) *bert.Tensor {
		m, err := s.acquire(name)
		if err != nil {
			t.Fatal(err)
		}
		defer m.users.Done()
		return m.pipe.Model.Network.Encoder().Layers[1].MLP.Up.Weight.Value
	}
	for name := range inHouse {
		if weight(name) != weight("base") {
			t.Errorf("%s has weights of its own", name)
		}
		for i := range texts { // one by one
			_, got := ask(s, inHouse[name].path, fmt.Sprintf(inHouse[name].body, sentence(i)))
			sameAnswer(t, name+" by itself", got, want[name][i])
		}
	}
	var all []func()
	for name := range inHouse {
		for i := range texts {
			all = append(all, func() {
				_, got := ask(s, inHouse[name].path, fmt.Sprintf(inHouse[name].body, sentence(i)))
				sameAnswer(t, name+" among others", got, want[name][i])
			})
		}
	}
	atOnce(t, s, all...)
	if _, metrics := ask(s, "/metrics", ""); !strings.Contains(metrics, `gobert_batch_requests_count{model="base",operation="mixed"} 1`) ||
		!strings.Contains(metrics, `gobert_queue_seconds_count{model="mood",operation="predict"}`) {
		t.Errorf("the requests did not go together, or are not counted by their names: %s", metrics)
	}
	if _, about := ask(s, "/info?model=mood", ""); !strings.Contains(about, `"base_model_name":"base"`) {
		t.Errorf("about an adapter: %s", about)
	}
}

// TestAdaptersComeAndGo: adapters are loaded, replaced and unloaded by requests while clients ask, and a base under adapters is replaced with
// them and is not taken away from under them.
func TestAdaptersComeAndGo(t *testing.T) {
	s := newHouse(t, Options{Control: true}, "mood")
	change := func(name, body string, want int, says string) {
		t.Helper()
		verb := "load"
		if body == "" {
			verb, body = "unload", "{}"
		}
		if status, answer := ask(s, "/v2/repository/models/"+name+"/"+verb, body); status != want || !strings.Contains(answer, says) {
			t.Errorf("%s %s %s: %d %s, expected %d and %q", verb, name, body, status, answer, want, says)
		}
	}
	var done atomic.Bool
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			for !done.Load() {
				if status, answer := ask(s, "/predict", `{"model":"mood","inputs":"it was good"}`); status != http.StatusOK {
					t.Errorf("while adapters change: %d %s", status, answer)
					return
				}
			}
		})
	}
	over := func(name, base string) string {
		return fmt.Sprintf(`{"parameters":{"folder":%q,"base":%q}}`, adapter(t, name), base)
	}
	for range 3 {
		change("names", over("names", "base"), http.StatusOK, "names")
		change("mood", `{"parameters":{"folder":"`+adapter(t, "topics")+`"}}`, http.StatusOK, "mood")
		change("base", `{}`, http.StatusOK, "base") // both adapters go with it
		change("mood", `{"parameters":{"folder":"`+adapter(t, "mood")+`"}}`, http.StatusOK, "mood")
		change("names", "", http.StatusOK, "names")
	}
	change("base", "", http.StatusConflict, "mood")
	change("names", over("names", "nobody"), http.StatusNotFound, "nobody")
	change("names", over("names", "mood"), http.StatusBadRequest, "adapter itself")
	change("base", over("names", "base"), http.StatusBadRequest, "adapters over it")
	change("names", `{"parameters":{"folder":"`+folder(t, "labels")+`","base":"base"}}`, http.StatusBadRequest, "adapter_config.json")
	change("base", `{"parameters":{"folder":"`+folder(t, "labels")+`"}}`, http.StatusOK, "base") // of the same kind
	done.Store(true)
	group.Wait()
	if _, index := ask(s, "/v2/repository/index", "{}"); !strings.Contains(index, `"base":"base"`) || !strings.Contains(index, `"names":["names"],"version":"1","state":"UNAVAILABLE"`) {
		t.Errorf("the index: %s", index)
	}
	change("mood", "", http.StatusOK, "mood")
	change("base", "", http.StatusOK, "base")
}

// TestAdaptersOverIntegers: over a base in int8 an adapter says nearly what it says in fp32, and the base what it says without one, to the bit.
func TestAdaptersOverIntegers(t *testing.T) {
	integers := newHouse(t, Options{Pipeline: pipeline.Options{Compute: "int8"}}, "mood")
	fp32, plain := newHouse(t, Options{}, "mood"), newServer(t, Options{Pipeline: pipeline.Options{Compute: "int8"}}, "plain")
	text := sentence(3)
	got := asked[[]chance](t, integers, "/predict", anyBody{"model": "mood", "inputs": text})
	for _, want := range asked[[]chance](t, fp32, "/predict", anyBody{"model": "mood", "inputs": text}) {
		const rough = 0.1
		if at := slices.IndexFunc(got, func(c chance) bool { return c.Label == want.Label }); math.Abs(float64(got[at].Score-want.Score)) > rough {
			t.Errorf("%v, in fp32 %v", got, want)
		}
	}
	body := anyBody{"inputs": text}
	atOnce(t, integers, func() {
		if a, b := asked[[][]float32](t, integers, "/embed", body), asked[[][]float32](t, plain, "/embed", body); !slices.Equal(a[0], b[0]) {
			t.Errorf("the base beside an adapter: %v, without %v", a[0][:4], b[0][:4])
		}
	}, func() {
		if again := asked[[]chance](t, integers, "/predict", anyBody{"model": "mood", "inputs": text}); !slices.Equal(again, got) {
			t.Errorf("an adapter when the base is asked, too: %v, alone %v", again, got)
		}
	})
	if a, b := asked[[][]float32](t, integers, "/embed", body), asked[[][]float32](t, plain, "/embed", body); !slices.Equal(a[0], b[0]) {
		t.Errorf("the base under an adapter: %v, without %v", a[0][:4], b[0][:4])
	}
}
