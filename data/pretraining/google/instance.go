package google

import "gobert/data/pretraining"

// instance is one training example, unpadded.
type instance struct {
	ids       []int32 // [T] with masks
	firstLen  int     // tokens of [CLS] A [SEP]
	positions []int32 // [M] ascending
	labels    []int32 // [M] original ids
	random    bool
}

// generator draws instances in the very order of the original, since every
// number it draws moves all that follow.
type generator struct {
	rng       *random
	vocab     *vocabulary
	options   *Options
	documents []document
	a, b      []int32 // memory of the segments
	masks     masks
	arena     []int32 // where instances are stored
}

// instances is create_training_instances.
func (g *generator) instances() []instance {
	shuffle(g.rng, g.documents)
	var all []instance
	for range g.options.Duplicates {
		for doc := range g.documents {
			all = g.appendDocument(all, doc)
		}
	}
	shuffle(g.rng, all)
	return all
}

// appendDocument is create_instances_from_document. Package pretraining
// explains the recipe.
func (g *generator) appendDocument(all []instance, doc int) []instance {
	sentences := g.documents[doc]
	room := g.options.Length - 3
	target := room
	if g.rng.unit() < g.options.ShortProb {
		target = g.rng.between(2, room)
	}
	first, length := 0, 0
	for i := 0; i < len(sentences); i++ {
		length += len(sentences[i])
		if i < len(sentences)-1 && length < target {
			continue
		}
		chunk := sentences[first : i+1]
		isRandom, split := g.segments(chunk, doc, target)
		if isRandom {
			i -= len(chunk) - split
		}
		g.a, g.b = pretraining.TruncatePair(g.a, g.b, room, func() bool { return g.rng.unit() < 0.5 })
		all = append(all, g.instance(isRandom))
		first, length = i+1, 0
	}
	return all
}

// segments fills a and b and returns whether b is random and how many
// sentences of the chunk are a.
func (g *generator) segments(chunk document, doc, target int) (isRandom bool, split int) {
	split = 1
	if len(chunk) >= 2 {
		split = g.rng.between(1, len(chunk)-1)
	}
	g.a, g.b = g.a[:0], g.b[:0]
	for _, sentence := range chunk[:split] {
		g.a = append(g.a, sentence...)
	}
	if len(chunk) > 1 && g.rng.unit() >= 0.5 {
		for _, sentence := range chunk[split:] {
			g.b = append(g.b, sentence...)
		}
		return false, split
	}
	other := g.documents[g.otherDocument(doc)]
	for _, sentence := range other[g.rng.between(0, len(other)-1):] {
		g.b = append(g.b, sentence...)
		if len(g.b) >= target-len(g.a) {
			break
		}
	}
	return true, split
}

// otherDocument tries ten times to miss doc, and then takes it.
func (g *generator) otherDocument(doc int) (other int) {
	for range 10 {
		if other = g.rng.between(0, len(g.documents)-1); other != doc {
			break
		}
	}
	return other
}

// instance puts the segments together and masks them.
func (g *generator) instance(isRandom bool) instance {
	ids := g.store(len(g.a) + len(g.b) + 3)
	ids = append(append(append(ids, g.vocab.cls), g.a...), g.vocab.sep)
	firstLen := len(ids)
	ids = append(append(ids, g.b...), g.vocab.sep)
	n := g.masks.choose(g, ids)
	out := instance{ids: ids, firstLen: firstLen, positions: g.store(n), labels: g.store(n), random: isRandom}
	for row, chosen := range g.masks.chosen {
		if chosen {
			out.positions = append(out.positions, int32(row))
			out.labels = append(out.labels, ids[row])
			ids[row] = g.masks.becomes[row]
		}
	}
	return out
}

// store returns room for n ids from a large block: millions of small slices
// would keep the garbage collector busy.
func (g *generator) store(n int) []int32 {
	const block = 1 << 20
	if cap(g.arena)-len(g.arena) < n {
		g.arena = make([]int32, 0, max(block, n))
	}
	start := len(g.arena)
	g.arena = g.arena[:start+n]
	return g.arena[start : start : start+n]
}
