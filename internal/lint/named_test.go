package lint

import (
	"bytes"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// exports builds packages and says where the compiler wrote what each exports.
func exports(t *testing.T) map[string]string {
	t.Helper()
	if os.Getenv("GOBERT_LIBTORCH") == "" {
		t.Skip("LibTorch is not set up in this shell")
	}
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, stderr.Bytes())
	}
	at := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		at[path] = file
	}
	return at
}

// door looks through what the public packages export for types that nobody outside of the module can write down.
type door struct {
	*testing.T
	public map[*types.TypeName]bool // types of internal packages that a public package has an alias for
	seen   map[types.Type]bool
}

// TestTypesAtTheDoorsHaveNames: whatever an exported name of a public package takes, gives or holds can be named by a program
// outside of this module: a type of an internal package has an alias in a public one. Behind an alias it is taken as a whole, but
// for what strangers compute with.
func TestTypesAtTheDoorsHaveNames(t *testing.T) {
	at := exports(t)
	imported := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(filepath.FromSlash(at[path])) })
	d := door{t, map[*types.TypeName]bool{}, map[types.Type]bool{}}
	var scopes []*types.Scope
	for path := range at {
		if path != module && !strings.HasPrefix(path, module+"/") || hidden(path) || within(path, "cmd", "scripts", "testdata") {
			continue
		}
		p, err := imported.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		scopes = append(scopes, p.Scope())
	}
	each := func(f func(o types.Object)) {
		for _, scope := range scopes {
			for _, name := range scope.Names() {
				if o := scope.Lookup(name); o.Exported() {
					f(o)
				}
			}
		}
	}
	each(func(o types.Object) {
		if alias, ok := o.Type().(*types.Alias); ok {
			if n, ok := types.Unalias(alias).(*types.Named); ok {
				d.public[n.Obj()] = true
			}
		}
	})
	each(func(o types.Object) { d.look(o.Type(), o.Pkg().Path()+"."+o.Name()) })
}

// computing is what strangers compute with: tensors and what is done to them.
const computing = "internal/torch"

// hidden says whether other modules are kept from importing a package.
func hidden(path string) bool { return strings.Contains(path+"/", "/internal/") }

// look goes through all that a type shows; from is the way there, for the message.
func (d *door) look(t types.Type, from string) {
	if t == nil || d.seen[t] {
		return
	}
	d.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		d.look(types.Unalias(t), from)
	case *types.Named:
		d.named(t, from)
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				d.look(f.Type(), from+"."+f.Name())
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if m.Exported() {
				d.look(m.Type(), from+"."+m.Name())
			}
		}
		for e := range t.EmbeddedTypes() {
			d.look(e, from)
		}
	case *types.Union:
		for term := range t.Terms() {
			d.look(term.Type(), from)
		}
	case *types.Signature:
		for _, list := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range list.Variables() {
				if n, ok := v.Type().(*types.Named); ok && !n.Obj().Exported() && n.Obj().Pkg() != nil {
					d.Errorf("%s: %s.%s has no exported name", from, n.Obj().Pkg().Path(), n.Obj().Name())
				}
				d.look(v.Type(), from)
			}
		}
		for p := range t.TypeParams().TypeParams() {
			d.look(p.Constraint(), from)
		}
	case *types.Map:
		d.look(t.Key(), from)
		d.look(t.Elem(), from)
	case interface{ Elem() types.Type }:
		d.look(t.Elem(), from)
	}
}

// named checks a type's own name, and goes on into what it holds and its methods where it is of this module.
func (d *door) named(t *types.Named, from string) {
	for a := range t.TypeArgs().Types() {
		d.look(a, from)
	}
	o := t.Obj()
	if o.Pkg() == nil || !strings.HasPrefix(o.Pkg().Path(), module+"/") {
		return
	}
	if hidden(o.Pkg().Path()) {
		if !d.public[t.Origin().Obj()] {
			d.Errorf("%s: %s.%s cannot be named outside of this module: give it an alias in a public package, or another type", from, o.Pkg().Path(), o.Name())
		}
		if !d.public[t.Origin().Obj()] || !within(o.Pkg().Path(), computing) {
			return
		}
	}
	way := fmt.Sprintf("%s.%s", o.Pkg().Path(), o.Name())
	d.look(t.Underlying(), way)
	for m := range t.Methods() {
		if m.Exported() {
			d.look(m.Type(), way+"."+m.Name())
		}
	}
}
