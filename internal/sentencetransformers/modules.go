package sentencetransformers

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gobert/internal/fault"
	"gobert/internal/intake"
	"gobert/internal/weights"
)

// ModulesFile lists the modules of a model; its presence makes a folder one of the library's.
const ModulesFile = "modules.json"

// A kind is the class of a module.
type kind string

// The classes that are supported.
const (
	network   kind = "Transformer"
	pooling   kind = "Pooling"
	dense     kind = "Dense"
	layerNorm kind = "LayerNorm"
	normalize kind = "Normalize"
	dropout   kind = "Dropout"
	masked    kind = "MLMTransformer" // the network of sparse vectors, under its older name
	splade    kind = "SpladePooling"
)

// entry is a line of modules.json.
type entry struct {
	Name string `json:"name"`
	Path string `json:"path"` // folder of the module, from the model's own
	Type string `json:"type"` // the Python class

	kind kind
}

// readModules reads a folder's modules.json; nil where there is none.
func readModules(folder string) ([]entry, error) {
	var entries []entry
	_, err := read(filepath.Join(folder, ModulesFile), &entries, func() error { return checkModules(entries) })
	return entries, err
}

// parseModules reads the list.
func parseModules(text []byte) ([]entry, error) {
	var entries []entry
	if err := intake.Decode(text, &entries); err != nil {
		return nil, err
	}
	return entries, checkModules(entries)
}

// checkModules tells the kinds of modules: the network, its pooling, and what follows in any order.
func checkModules(entries []entry) error {
	names := map[string]int{}
	for i := range entries {
		e := &entries[i]
		if first, again := names[e.Name]; again {
			return fmt.Errorf("modules %d and %d have the same name %q", first, i, e.Name)
		}
		names[e.Name] = i
		if e.Path != "" && !filepath.IsLocal(e.Path) {
			return fmt.Errorf("module %d: the path %q leads out of the model's folder", i, e.Path)
		}
		class := e.Type[strings.LastIndexByte(e.Type, '.')+1:]
		e.kind = kind(class)
		kinds := []kind{network, pooling, dense, layerNorm, normalize, dropout}
		if strings.HasPrefix(e.Type, "sentence_transformers.sparse_encoder.") {
			kinds = []kind{masked, splade}
		}
		if !slices.Contains(kinds, e.kind) || !strings.HasPrefix(e.Type, "sentence_transformers.") {
			return fmt.Errorf("module %d is %q, which is not supported: expected the library's Transformer, Pooling, Dense, LayerNorm, Normalize, Dropout or SpladePooling", i, e.Type)
		}
		if sparse(entries) && i < 2 {
			continue
		}
		want := map[int]kind{0: network, 1: pooling}[i]
		if want == "" && (e.kind == network || e.kind == pooling) || want != "" && e.kind != want {
			return fmt.Errorf("module %d is %s: expected Transformer, Pooling, and then neither of them again", i, class)
		}
	}
	if len(entries) < 2 {
		return fmt.Errorf("there are %d modules: expected Transformer and Pooling, or more", len(entries))
	}
	return nil
}

// sparse says whether the modules make sparse vectors: a masked language model and its pooling, and nothing else.
func sparse(entries []entry) bool {
	class := func(i int) kind { return kind(entries[i].Type[strings.LastIndexByte(entries[i].Type, '.')+1:]) }
	return len(entries) == 2 && (class(0) == masked || class(0) == network) && class(1) == splade
}

// Files lists what belongs to a model beside the network, as far as its modules.json tells: paths from the model's folder. Any
// of them may be missing; of weights the first that is there counts.
func Files(modules []byte) (settings []string, alternatives [][]string, err error) {
	entries, err := parseModules(modules)
	if err != nil {
		return nil, nil, inPackage(err)
	}
	if entries[0].Path != "" {
		return nil, nil, fault.New("sentencetransformers: %s: the network lies in %q, not in the model's own folder", ModulesFile, entries[0].Path).Advise("download the whole repository and name its folder")
	}
	settings = append(slices.Clone(networkFiles[:]), promptsFile)
	for _, e := range entries[1:] {
		settings = append(settings, e.Path+"/"+configFile)
		if e.kind == dense || e.kind == layerNorm {
			alternatives = append(alternatives, []string{e.Path + "/" + weights.ModelFile, e.Path + "/" + weights.PickleFile})
		}
	}
	return settings, alternatives, nil
}
