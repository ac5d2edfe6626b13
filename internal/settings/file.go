package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gobert/internal/fault"
)

// Members are settings as a file has them.
type Members map[string]json.RawMessage

// Parse reads settings, also those that a program of before wrote, and calls them by the names of today.
func Parse(text []byte) (m Members, err error) {
	if err = json.Unmarshal(text, &m); err != nil {
		return nil, err
	}
	return m, m.Modernize()
}

// Read fills a declaration from a file's text; what the file leaves out stays as it is.
func Read(text []byte, declaration any) error {
	m, err := Parse(text)
	if err != nil {
		return err
	}
	text, err = json.Marshal(m)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, declaration)
}

// Same names every setting in which what a run was begun with differs from what it is to go on with, apart from those that are
// free, and those that allowed lists by any of their names.
func Same(was Members, declaration any, allowed []string) error {
	var faults []error
	known := map[string]bool{}
	for _, f := range Fields(declaration) {
		names := append([]string{f.Key, f.Name}, f.Aliases...)
		for _, name := range names {
			known[name] = true
		}
		isAllowed := slices.ContainsFunc(allowed, func(name string) bool {
			return slices.Contains(names, strings.ReplaceAll(name, "_", "-")) || name == f.Key
		})
		_, free := f.Tag.Lookup("free")
		old, recorded := was[f.Key]
		if f.Key == "" || free || isAllowed || !recorded {
			continue
		}
		now, err := json.Marshal(f.Value.Interface())
		if err != nil {
			return fmt.Errorf("settings: %s: %w", f.Key, err)
		}
		if before, after := shownAs(old), shownAs(now); before != after {
			faults = append(faults, fault.Usage("{"+f.Name+"} was %s, now it is %s", before, after).Advise("{allow-change} "+f.Name+", if you mean it"))
		}
	}
	for _, name := range allowed {
		if !known[name] && !known[strings.ReplaceAll(name, "_", "-")] {
			faults = append(faults, fault.Usage("{allow-change}: no setting has the name %s", name))
		}
	}
	return errors.Join(faults...)
}

// shownAs is a setting for people, on one line, however it is spaced in a file.
func shownAs(value json.RawMessage) string {
	var x any
	if json.Unmarshal(value, &x) != nil {
		return string(value)
	}
	if text, _ := json.Marshal(x); x != nil && string(text) != "[]" && string(text) != `""` {
		return string(text)
	}
	return "not given"
}
