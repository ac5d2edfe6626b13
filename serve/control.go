package serve

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Models are loaded and unloaded as in Triton's extension of the protocol for model repositories.

// loadRequest may bring a folder.
type loadRequest struct {
	Parameters struct {
		Folder string `json:"folder,omitempty" doc:"Folder or hub name of the model. Default: where it was loaded from before, which is read again."`
		Base   string `json:"base,omitempty" doc:"Name of a loaded model: the folder is a LoRA adapter over it. Default: the one from before, if there was one."`
	} `json:"parameters,omitempty"`
}

// unloadRequest has nothing to say.
type unloadRequest struct {
	Parameters map[string]any `json:"parameters,omitempty" doc:"None is known."`
}

// listed is a model of the repository.
type listed struct {
	Name    string   `json:"name"`
	Names   []string `json:"names" doc:"All names of the model."`
	Version string   `json:"version"`
	State   string   `json:"state" enum:"READY,UNAVAILABLE"`
	Folder  string   `json:"folder"`
	Base    string   `json:"base,omitempty" doc:"Name of the model that it is an adapter over."`
}

// controlled refuses what changes the server, unless that is wanted, and gives it time.
func (c *call) controlled() error {
	if !c.options.Control {
		return &problem{status: http.StatusForbidden, kind: invalid, text: "this server's models are changed by whoever started it, not by requests"}
	}
	if len(c.keys) == 0 && !c.toThisHost() {
		return &problem{status: http.StatusForbidden, kind: invalid, text: fmt.Sprintf("models are not changed by requests to %q: without keys these go to localhost, to an address, or to the host that the server listens on", shown(c.r.Host))}
	}
	if err := c.foreign.Check(c.r); err != nil { // a browser sends what a page of anybody asks it to
		return &problem{status: http.StatusForbidden, kind: invalid, text: "models are not changed by pages of other origins: " + err.Error()}
	}
	// A load takes longer than a request, whatever else is changed waits for it, and what was begun is done, whoever waits.
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Time{}) // a test's writer may have none
	return nil
}

// toThisHost says whether a request was sent to this host as its own people call it. The page of somebody else may have its name lead here, and
// is of the same origin then, for a browser; but the name stays that of somebody else.
func (c *call) toThisHost() bool {
	if to, ok := c.r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && to.Network() == "unix" {
		return true // which no browser reaches
	}
	host := c.r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil || host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		slices.ContainsFunc(c.options.Hosts, func(own string) bool { return strings.EqualFold(own, host) })
}

func (c *call) load(in *loadRequest) (*readyAnswer, error) {
	name := c.r.PathValue("model")
	if err := c.controlled(); err != nil {
		return nil, err
	}
	names, folder, base := []string{name}, in.Parameters.Folder, in.Parameters.Base
	c.mu.RLock()
	if before := c.find(name); before != nil {
		names = slices.Clone(before.names)
		folder, base = cmp.Or(folder, before.folder), cmp.Or(base, before.base)
	}
	c.mu.RUnlock()
	if folder == "" {
		return nil, wrong("parameters.folder", "there was no model %q before: parameters.folder says where it is", name)
	}
	load := func() error { return c.Load(c.life, folder, names...) }
	if base != "" {
		load = func() error { return c.LoadAdapter(c.life, base, folder, names...) }
	}
	if err := load(); err != nil {
		p := *problemOf(err)
		if p.kind == backend {
			p.status = http.StatusBadRequest
		}
		return nil, &p
	}
	return &readyAnswer{Ready: true, Name: names[0]}, nil
}

func (c *call) unload(in *unloadRequest) (*readyAnswer, error) {
	if err := c.controlled(); err != nil {
		return nil, err
	}
	if err := knownParameters("parameters", in.Parameters); err != nil {
		return nil, err
	}
	return &readyAnswer{Name: c.r.PathValue("model")}, c.Unload(c.r.PathValue("model"))
}

func (c *call) index(*unloadRequest) ([]listed, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := []listed{}
	for _, s := range c.list {
		one := listed{Name: s.names[0], Names: s.names, Version: modelVersion, State: "READY", Folder: s.folder, Base: s.base}
		if s.model == nil {
			one.State = "UNAVAILABLE"
		}
		list = append(list, one)
	}
	return list, nil
}
