package cli

import (
	"fmt"

	"gobert/internal/disk"
)

// Claim makes the folder of --out this process's own until release is called: see [disk.Claim].
func (s *Streams) Claim(folder string, parts ...string) (release func(), err error) {
	c, err := disk.Claim(folder, func(message string) { s.Log.Warn("--out: " + message) }, parts...)
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return c.Release, nil
}

// ClaimFile is Claim for the file of --output.
func (s *Streams) ClaimFile(path string) (release func(), err error) {
	c, err := disk.ClaimFile(path, func(message string) { s.Log.Warn("--output: " + message) })
	if err != nil {
		return nil, fmt.Errorf("--output: %w", err)
	}
	return c.Release, nil
}
