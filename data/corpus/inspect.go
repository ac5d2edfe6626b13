package corpus

import "sync/atomic"

// Inspect opens every file, looks at its first bytes and returns what can be told from them:
// format, packing and encoding. Standard input is left alone.
func Inspect(o ReadOptions) ([]Source, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	sources, err := expand(o.Paths)
	if err != nil {
		return nil, wrap("finding text", err)
	}
	var read atomic.Int64
	for i := range sources {
		s := &sources[i]
		if s.Path == Stdin {
			continue
		}
		in, err := o.open(s, &read)
		if err != nil {
			if err = placed(*s, 0, err); o.OnError == nil {
				return nil, err
			}
			o.OnError(err)
			continue
		}
		in.close()
	}
	return sources, nil
}
