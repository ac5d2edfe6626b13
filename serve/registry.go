package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"gobert/bert"
	"gobert/internal/fault"
	"gobert/internal/over"
	"gobert/internal/torch"
	"gobert/pipeline"
	"gobert/task"
)

// served is a model under its names.
type served struct {
	names  []string
	folder string
	base   string // the name of the model that it is an adapter over
	model  *model // nil: it was unloaded, and can be loaded again
}

// registry has the models of a server by name.
type registry struct {
	loading sync.Mutex // one model is loaded at a time: each needs the machine
	mu      sync.RWMutex
	list    []*served // in the order of loading: the first is meant where none is named
	old     sync.WaitGroup
}

// find is a model by one of its names; the first for "".
func (r *registry) find(name string) *served {
	for _, s := range r.list {
		if name == "" && s.model != nil || name != "" && slices.Contains(s.names, name) {
			return s
		}
	}
	return nil
}

// acquire holds a model, so that it stays until it is released with users.Done.
func (r *registry) acquire(name string) (*model, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s := r.find(name)
	if s == nil || s.model == nil {
		what := fmt.Sprintf("there is no model %q", name)
		if name == "" {
			what = "there is no model"
		}
		var names []string
		for _, other := range r.list {
			if other.model != nil {
				names = append(names, other.names[0])
			}
		}
		return nil, &problem{status: http.StatusNotFound, kind: invalid, field: "model", text: what + "; there are: " + cmp.Or(strings.Join(names, ", "), "none")}
	}
	s.model.users.Add(1)
	return s.model, nil
}

// models are all that are loaded, in order.
func (r *registry) models() (list []*model) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, s := range r.list {
		if s.model != nil {
			list = append(list, s.model)
		}
	}
	return list
}

// Load opens a folder, or a model of the hub, warms it up, and serves it under names. Where a model has the first of them, it is
// replaced: requests that came before get their answers from the old one, which is freed then, and none is lost. Adapters over it are
// opened over the new one. Where anything fails nothing changes.
func (s *Server) Load(ctx context.Context, folder string, names ...string) error {
	return s.change(folder, names, func() ([]*served, error) {
		m, err := s.open(ctx, folder, names[0])
		if err != nil {
			return nil, err
		}
		list := []*served{{names: names, folder: folder, model: m}}
		for _, one := range s.above(names[0]) {
			a, err := s.openOver(ctx, m, one.folder, one.names[0])
			if err != nil {
				for _, made := range list {
					s.retire(made.model)
				}
				return nil, err
			}
			list = append(list, &served{names: one.names, folder: one.folder, base: one.base, model: a})
		}
		return list, nil
	})
}

// LoadAdapter opens a LoRA adapter, a folder in PEFT's format, over a model that is loaded, and serves it under names, as [Server.Load] does. The
// base's weights are in memory once, and requests to it and to its adapters share a queue and passes.
func (s *Server) LoadAdapter(ctx context.Context, base, folder string, names ...string) error {
	return s.change(folder, names, func() ([]*served, error) {
		below, err := s.acquire(base)
		if err != nil {
			return nil, err
		}
		defer below.users.Done()
		switch {
		case below.base != nil:
			return nil, fault.Usage("serve: %s is an adapter itself, over %s", base, below.base.name)
		case len(s.above(names[0])) > 0:
			return nil, fault.Usage("serve: %s has adapters over it, and cannot become one", names[0])
		}
		a, err := s.openOver(ctx, below, folder, names[0])
		if err != nil {
			return nil, err
		}
		return []*served{{names: names, folder: folder, base: below.name, model: a}}, nil
	})
}

// change opens models, and puts them in the place of those that have their names, or at the end.
func (s *Server) change(folder string, names []string, open func() ([]*served, error)) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	if s.life.Err() != nil {
		return errClosed
	}
	if len(names) == 0 {
		return fault.New("serve: %s has no name", folder)
	}
	for _, name := range names {
		s.mu.RLock()
		other := s.find(name)
		s.mu.RUnlock()
		if name == "" || other != nil && other.names[0] != names[0] {
			return fault.Usage("serve: two models are called %q", name).Advise("give one another name: NAME=%s", folder)
		}
	}
	list, err := open()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, made := range list {
		made.names = slices.Clone(made.names)
		if now := s.find(made.names[0]); now != nil {
			before := now.model
			*now = *made
			s.retire(before)
		} else {
			s.list = append(s.list, made)
		}
	}
	return nil
}

// above are the adapters that are loaded over a model.
func (r *registry) above(base string) (list []*served) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, s := range r.list {
		if s.model != nil && s.base == base {
			list = append(list, s)
		}
	}
	return list
}

// open opens a model and warms it up.
func (s *Server) open(ctx context.Context, folder, name string) (*model, error) {
	p, err := pipeline.Open(ctx, folder, s.options.Pipeline)
	if err != nil {
		return nil, err
	}
	if !p.Model.Device.IsCUDA() && p.Model.Compute == torch.Float32 { // what stays mapped would end the process where somebody cuts the file
		if _, err := bert.Flatten(p.Model.Network, p.Model.Device); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	if p.Model.Compute == torch.Int8 {
		if err := bert.Detach(p.Model.Network); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	budget := cmp.Or(s.options.BatchTokens, task.Budget(p.Model.Device))
	m := newModel(name, p, nil, newBatcher(budget, s.options.QueueTokens, s.slot, s.meters.of(name), s.letGo))
	if m.longest = s.options.QueueWait; m.longest == 0 {
		m.pressure.bearable = bearable
	}
	return s.warmed(ctx, m)
}

// letGo gives back what passes took: memory that threads still hold, and that is kept for the next pass.
func (s *Server) letGo() {
	torch.Settle()
	if err := torch.CPU.EmptyCache(); err != nil {
		s.options.Log.Error("giving memory back", "error", fault.Text(err))
	}
}

// openOver opens an adapter over a model and warms it up.
func (s *Server) openOver(ctx context.Context, base *model, folder, name string) (*model, error) {
	p, err := over.Open(ctx, folder, base.pipe, s.options.Pipeline.Warn)
	if err != nil {
		return nil, err
	}
	m := newModel(name, p, base, base.batcher)
	base.users.Add(1)
	return s.warmed(ctx, m)
}

func (s *Server) warmed(ctx context.Context, m *model) (*model, error) {
	if err := m.warmUp(ctx); err != nil {
		return nil, errors.Join(err, m.free())
	}
	return m, nil
}

// Unload frees a model once the requests that it has are answered. It can be loaded again.
func (s *Server) Unload(name string) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.find(name)
	if now == nil || name == "" || now.model == nil {
		return &problem{status: http.StatusNotFound, kind: invalid, field: "model", text: fmt.Sprintf("there is no model %q", name)}
	}
	for _, other := range s.list {
		if other.model != nil && other.model.base == now.model {
			return &problem{status: http.StatusConflict, kind: invalid, field: "model", text: fmt.Sprintf("%s is below the adapter %s: unload that first", name, other.names[0])}
		}
	}
	before := now.model
	now.model = nil
	s.retire(before)
	return nil
}

// retire frees a model that nobody finds any more, when nobody holds it.
func (s *Server) retire(m *model) {
	if m == nil {
		return
	}
	s.old.Go(func() {
		m.users.Wait()
		if err := fault.Caught(m.free); err != nil {
			s.options.Log.Error("freeing a model", "model", m.name, "error", fault.Text(err))
		}
	})
}
