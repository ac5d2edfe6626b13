package train

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gobert/bert"
)

// Freeze marks the parameters that stay as they are. It comes before [New]. A pattern is one of
//
//	embeddings, encoder, pooler   a part of the model
//	layer.3, layer.0-5            encoder layers, from 0
//	*.bias, bert.pooler.*         checkpoint names, with wildcards
//
// A pattern that fits nothing is an error: it would otherwise train what was meant to stay.
func Freeze(n bert.Network, patterns []string) error {
	parameters := bert.Parameters(n)
	var faults []error
	for _, pattern := range patterns {
		found := false
		if _, last, ok, err := layers(pattern); err != nil || ok && last >= len(n.Encoder().Layers) {
			faults = append(faults, fmt.Errorf("--freeze %s: expected layer.N or layer.N-M of the model's layers 0 to %d", pattern, len(n.Encoder().Layers)-1))
			continue
		}
		for _, p := range parameters {
			fits, err := frozenBy(pattern, p.Name)
			if err != nil {
				return fmt.Errorf("--freeze %s: %w", pattern, err)
			}
			if fits {
				p.Frozen, found = true, true
			}
		}
		if !found {
			faults = append(faults, fmt.Errorf("--freeze %s: no parameter of the model fits (hint: embeddings, layer.0-3, pooler, or a name such as %s)",
				pattern, parameters[len(parameters)-1].Name))
		}
	}
	if !slices.ContainsFunc(parameters, func(p *bert.Parameter) bool { return !p.Frozen }) {
		faults = append(faults, fmt.Errorf("--freeze %s: nothing is left to train", strings.Join(patterns, ",")))
	}
	return errors.Join(append(faults, unevenProjections(n))...)
}

// layers reads a pattern of encoder layers; ok is false for another one.
func layers(pattern string) (first, last int, ok bool, err error) {
	numbers, ok := strings.CutPrefix(pattern, "layer.")
	if !ok || strings.ContainsAny(numbers, "*.") {
		return 0, 0, false, nil
	}
	from, to, isRange := strings.Cut(numbers, "-")
	if !isRange {
		to = from
	}
	first, err = strconv.Atoi(from)
	last, err2 := strconv.Atoi(to)
	if first > last {
		err = errors.New("the range is empty")
	}
	return first, last, true, errors.Join(err, err2)
}

func frozenBy(pattern, name string) (bool, error) {
	bare := strings.TrimPrefix(name, bert.Prefix+".")
	if first, last, ok, _ := layers(pattern); ok {
		rest, ok := strings.CutPrefix(bare, "encoder.layer.")
		number, _, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		return ok && err == nil && n >= first && n <= last, nil
	}
	if pattern == bare || strings.HasPrefix(bare, pattern+".") || strings.HasPrefix(name, pattern+".") || pattern == name {
		return true, nil
	}
	fits, err := path.Match(pattern, name)
	if err != nil {
		return false, errors.New("the pattern is malformed")
	}
	return fits, nil
}

// unevenProjections refuses what the joined projection cannot do: train a query and not its key.
func unevenProjections(n bert.Network) error {
	for i, l := range n.Encoder().Layers {
		for _, three := range [][]*bert.Parameter{{l.Query.Weight, l.Key.Weight, l.Value.Weight}, {l.Query.Bias, l.Key.Bias, l.Value.Bias}} {
			if three[0].Frozen != three[1].Frozen || three[0].Frozen != three[2].Frozen {
				return fmt.Errorf("--freeze: query, key and value of layer %d are one matrix here: freeze all three or none", i)
			}
		}
	}
	return nil
}
