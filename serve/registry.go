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
	"gobert/internal/torch"
	"gobert/pipeline"
)

// served is a model under its names.
type served struct {
	names  []string
	folder string
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
// replaced: requests that came before get their answers from the old one, which is freed then, and none is lost. Where anything fails
// nothing changes.
func (s *Server) Load(ctx context.Context, folder string, names ...string) error {
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
	options := s.options.Pipeline
	p, err := pipeline.Open(ctx, folder, options)
	if err != nil {
		return err
	}
	if !p.Model.Device.IsCUDA() && p.Model.Compute == torch.Float32 { // what stays mapped would end the process where somebody cuts the file
		if _, err := bert.Flatten(p.Model.Network, p.Model.Device); err != nil {
			return errors.Join(err, p.Close())
		}
	}
	if p.Model.Compute == torch.Int8 {
		if err := bert.Detach(p.Model.Network); err != nil {
			return errors.Join(err, p.Close())
		}
	}
	m := newModel(names[0], p, s.options.BatchTokens, s.options.QueueTokens, s.slot, s.meters.of(names[0]))
	m.longest = s.options.QueueWait
	if err := m.warmUp(ctx); err != nil {
		return errors.Join(err, m.free())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.find(names[0])
	if now == nil {
		now = &served{}
		s.list = append(s.list, now)
	}
	before := now.model
	now.names, now.folder, now.model = slices.Clone(names), folder, m
	s.retire(before)
	return nil
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
