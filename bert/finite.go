package bert

import (
	"fmt"
	"math"
	"strings"

	"gobert/internal/torch"
)

// NotFinite names the parameters of a network that hold NaN or infinity.
func NotFinite(n Network) (names []string, err error) {
	err = torch.Run(func() error {
		n.Encoder().mustBeOpen("look for NaN")
		for _, p := range Parameters(n) {
			if norm := torch.Norm(p.Value); math.IsNaN(norm) || math.IsInf(norm, 0) {
				names = append(names, p.Name)
			}
		}
		return nil
	})
	return names, err
}

// Finite says whether all values are numbers, neither NaN nor infinity.
func Finite(values []float32) bool {
	for _, x := range values {
		if x-x != 0 { // NaN and infinity alone differ from themselves
			return false
		}
	}
	return true
}

// warnNotFinite looks for such parameters, when somebody wants to know.
func (c *Checkpoint) warnNotFinite(n Network, warn func(string)) error {
	if warn == nil {
		return nil
	}
	names, err := NotFinite(n)
	if err == nil && len(names) > 0 {
		warn(fmt.Sprintf("the weights of %s hold NaN or infinity in %s: results may not be numbers", c.Folder, someOf(names)))
	}
	return err
}

// someOf lists the first names.
func someOf(names []string) string {
	const few = 3
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}
