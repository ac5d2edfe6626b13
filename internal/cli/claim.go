package cli

import (
	"gobert/internal/disk"
	"gobert/internal/fault"
)

// Claim makes the folder of --out this process's own until release is called: see [disk.Claim].
func (s *Streams) Claim(folder string, parts ...string) (release func(), err error) {
	return claimed("out")(disk.Claim(folder, s.Warn, parts...))
}

// ClaimFile is Claim for a file, that of a flag.
func (s *Streams) ClaimFile(flag, path string) (release func(), err error) {
	return claimed(flag)(disk.ClaimFile(path, s.Warn))
}

// claimed names the flag.
func claimed(flag string) func(c *disk.Lock, err error) (func(), error) {
	return func(c *disk.Lock, err error) (func(), error) {
		if err != nil {
			return nil, fault.New("{"+flag+"}: %w", err)
		}
		return c.Release, nil
	}
}
