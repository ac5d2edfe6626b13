package testkit

import (
	"encoding/binary"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Tensor is one golden value.
type Tensor struct {
	DType string
	Shape []int64
	Raw   []byte
}

// Case is one folder: what went in, what came out, and the gradients.
type Case struct {
	Dir     string
	Weights map[string]Tensor
	Values  map[string]Tensor
}

// Golden reads a case of testdata/golden; root leads from the package to the repository. A folder that GOBERT_GOLDEN names holds
// some cases: tests of the others are skipped.
func Golden(t testing.TB, root, name string) *Case {
	t.Helper()
	dir := filepath.Join(home(root), name)
	if _, err := os.Stat(dir); err != nil && os.Getenv("GOBERT_GOLDEN") != "" {
		t.Skipf("GOBERT_GOLDEN holds no case %s", name)
	}
	return &Case{Dir: dir, Weights: read(t, filepath.Join(dir, "model.safetensors")), Values: read(t, filepath.Join(dir, "golden.safetensors"))}
}

// GoldenFile reads one safetensors file of testdata.
func GoldenFile(t testing.TB, root string, path ...string) *Case {
	t.Helper()
	file := filepath.Join(append([]string{root, "testdata"}, path...)...)
	return &Case{Dir: filepath.Dir(file), Values: read(t, file)}
}

// home is the folder of cases: the committed ones, or those that GOBERT_GOLDEN names.
func home(root string) string {
	if folder := os.Getenv("GOBERT_GOLDEN"); folder != "" {
		return folder
	}
	return filepath.Join(root, "testdata", "golden")
}

// GoldenNames lists the cases with a prefix.
func GoldenNames(t testing.TB, root, prefix string) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(home(root), prefix+"*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no golden cases %s*: %v", prefix, err)
	}
	for i, f := range folders {
		folders[i] = filepath.Base(f)
	}
	return folders
}

// read parses a safetensors file with no check at all: the package that reads users' files is compared with it.
func read(t testing.TB, path string) map[string]Tensor {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := binary.LittleEndian.Uint64(data)
	var header map[string]struct {
		DType   string    `json:"dtype"`
		Shape   []int64   `json:"shape"`
		Offsets [2]uint64 `json:"data_offsets"`
	}
	text := data[8 : 8+n]
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	delete(all, "__metadata__")
	text, _ = json.Marshal(all)
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	out := make(map[string]Tensor, len(header))
	for name, h := range header {
		out[name] = Tensor{h.DType, h.Shape, data[8+n:][h.Offsets[0]:h.Offsets[1]]}
	}
	return out
}

// Floats gives an F32 tensor's values.
func (x Tensor) Floats() []float32 {
	out := make([]float32, len(x.Raw)/4)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(x.Raw[4*i:]))
	}
	return out
}

// Ints gives an I64 tensor's values.
func (x Tensor) Ints() []int32 {
	out := make([]int32, len(x.Raw)/8)
	for i := range out {
		out[i] = int32(binary.LittleEndian.Uint64(x.Raw[8*i:]))
	}
	return out
}

// Has says whether a case holds a value.
func (c *Case) Has(name string) bool {
	_, ok := c.Values[name]
	return ok
}

// Gradients lists the names of parameters with a golden gradient.
func (c *Case) Gradients() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if rest, ok := strings.CutPrefix(name, "grad."); ok {
			names = append(names, rest)
		}
	}
	return names
}

// floor is the least scale that a comparison is relative to: a gradient that is 0 in exact arithmetic is rounding noise,
// of which a share means nothing.
const floor = 1e-2

// Compare fails the test where got is further from want than tolerance times the largest value of want.
func Compare(t testing.TB, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d values, want %d", what, len(got), len(want))
		return
	}
	var scale, worst float64
	at := 0
	for i := range want {
		scale = max(scale, math.Abs(float64(want[i])))
		if d := math.Abs(float64(got[i]) - float64(want[i])); d > worst || math.IsNaN(d) {
			worst, at = d, i
		}
	}
	if !(worst <= tolerance*max(scale, floor)) {
		t.Errorf("%s: differs by %.3g at %d (%v, want %v), which is %.3g of the scale %.3g; allowed %.0e",
			what, worst, at, got[at], want[at], worst/scale, scale, tolerance)
	}
}
