package corpus

import (
	"context"
	"iter"
	"sync/atomic"
)

// Reading is text on its way from files to whoever asks for it.
type Reading struct {
	options ReadOptions
	sources []Source
	read    atomic.Int64
	skipped int64
}

// Read finds the files that options name. Nothing is read yet.
func Read(options ReadOptions) (*Reading, error) {
	if err := options.Validate(); err != nil {
		return nil, err
	}
	sources, err := expand(options.Paths)
	if err != nil {
		return nil, wrap("finding text", err)
	}
	return &Reading{options: options, sources: sources}, nil
}

// Inspect opens every file, looks at its first bytes and returns what can be told from them:
// format, packing and encoding. Standard input is left alone.
func Inspect(o ReadOptions) ([]Source, error) {
	r, err := Read(o)
	if err != nil {
		return nil, err
	}
	for i := range r.sources {
		s := &r.sources[i]
		if s.Path == Stdin {
			continue
		}
		in, err := r.options.open(s, &r.read)
		switch {
		case err == nil:
			in.close()
		case o.OnError == nil:
			return nil, placed(*s, 0, err)
		default:
			o.OnError(placed(*s, 0, err))
		}
	}
	return r.sources, nil
}

// Skipped returns how many records and files could not be read, where OnError is set.
func (r *Reading) Skipped() int64 { return r.skipped }

// Progress returns the bytes that were read from disk and the size of all files, 0 when that is
// not known. It may be called while others read.
func (r *Reading) Progress() (read, total int64) { return r.read.Load(), totalSize(r.sources) }

func totalSize(sources []Source) (total int64) {
	for _, s := range sources {
		if s.Path == Stdin {
			return 0
		}
		total += s.Size
	}
	return total
}

// Texts yields the text of all documents in pieces of about a mebibyte: lines, with a line feed
// after each and nothing of the format around them. A piece is valid until the next.
func (r *Reading) Texts(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var lines int64
		var text []byte
		free := func() []byte { return nil }
		wanted := true // a caller who stopped must not be called again
		r.options.readBlocks(ctx, r.sources, position{}, &r.read, free, func(b block) bool {
			text = text[:0]
			var first error
			failed := func(record int64, err error) bool {
				err = placed(b.info, record, err)
				if r.options.OnError == nil {
					first = err
					return false
				}
				r.skipped++
				r.options.OnError(err)
				return true
			}
			n, _ := r.options.parse(b, visitor{
				text: func(line string) { text = append(append(text, line...), '\n') },
				end:  func() {},
				bad:  func(record int, err error) bool { return failed(lines+int64(record), err) },
			})
			if lines += int64(n); b.last {
				lines = 0
			}
			if b.fault != nil && first == nil {
				failed(0, b.fault)
			}
			if first != nil {
				wanted = false
				yield(nil, first)
			} else if len(text) > 0 {
				wanted = yield(text, nil)
			}
			return wanted
		})
		if err := context.Cause(ctx); err != nil && wanted {
			yield(nil, err)
		}
	}
}
