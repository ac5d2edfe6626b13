package train

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"gobert/bert"
	"gobert/internal/fault"
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
		fits, err := matcher(pattern, len(n.Encoder().Layers))
		if err != nil {
			faults = append(faults, fault.Usage("{freeze} %s: %w", pattern, err))
			continue
		}
		found := false
		for _, p := range parameters {
			if fits(p.Name) {
				p.Frozen, found = true, true
			}
		}
		if !found {
			faults = append(faults, fault.Usage("{freeze} %s: no parameter of the model fits", pattern).
				Advise("embeddings, layer.0-3, pooler, or a name such as %s", parameters[len(parameters)-1].Name))
		}
	}
	if !slices.ContainsFunc(parameters, func(p *bert.Parameter) bool { return !p.Frozen }) {
		faults = append(faults, fault.Usage("{freeze} %s: nothing is left to train", strings.Join(patterns, ",")))
	}
	return errors.Join(append(faults, unevenProjections(n))...)
}

// matcher reads a pattern for a model of so many layers.
func matcher(pattern string, layers int) (fits func(name string) bool, err error) {
	if numbers, ok := strings.CutPrefix(pattern, "layer."); ok && !strings.ContainsAny(numbers, "*.") {
		from, to, isRange := strings.Cut(numbers, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if err != nil || err2 != nil || first > last || last >= layers {
			return nil, fmt.Errorf("expected layer.N or layer.N-M of the model's layers 0 to %d", layers-1)
		}
		return func(name string) bool {
			rest, ok := strings.CutPrefix(bare(name), "encoder.layer.")
			number, _, _ := strings.Cut(rest, ".")
			n, err := strconv.Atoi(number)
			return ok && err == nil && n >= first && n <= last
		}, nil
	}
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, errors.New("the pattern is malformed")
	}
	return func(name string) bool {
		bare := bare(name)
		wild, _ := path.Match(pattern, name)
		return wild || pattern == bare || pattern == name || strings.HasPrefix(bare, pattern+".") || strings.HasPrefix(name, pattern+".")
	}, nil
}

// bare is a parameter's name within the encoder.
func bare(name string) string { return strings.TrimPrefix(name, bert.Prefix+".") }

// unevenProjections refuses what the joined projection cannot do: train a query and not its key.
func unevenProjections(n bert.Network) error {
	for i, l := range n.Encoder().Layers {
		q, k, v := l.Attention.Query, l.Attention.Key, l.Attention.Value
		for _, three := range [][]*bert.Parameter{{q.Weight, k.Weight, v.Weight}, {q.Bias, k.Bias, v.Bias}} {
			if three[0].Frozen != three[1].Frozen || three[0].Frozen != three[2].Frozen {
				return fault.Usage("{freeze}: query, key and value of layer %d are one matrix here: freeze all three or none", i)
			}
		}
	}
	return nil
}
