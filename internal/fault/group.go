package fault

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Group is an errgroup's, in which a panic of a goroutine is an error as any other: see [Caught].
type Group struct{ *errgroup.Group }

// NewGroup makes a group.
func NewGroup() Group { return Group{new(errgroup.Group)} }

// GroupOf makes a group whose context ends with the first error.
func GroupOf(ctx context.Context) (Group, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	return Group{g}, ctx
}

// Go calls a function in a goroutine.
func (g Group) Go(f func() error) { g.Group.Go(func() error { return Caught(f) }) }
