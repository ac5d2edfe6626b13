package vocab

// candidate is a pair of symbols that may be merged, with the words where it was seen.
type candidate struct {
	count int64
	pair  pairKey
	index int32 // of the pair in pairs
	words int32 // first node of the list of words
	born  int32 // number of merges before it: of one pair there may be several, from different words
}

// before ranks candidates: the more frequent first, then the pair with lower ids, then the older.
// No two are equal, so that the order in which words are found leaves no trace in the result.
func (a candidate) before(b candidate) bool {
	if a.count != b.count {
		return a.count > b.count
	}
	return a.pair < b.pair || a.pair == b.pair && a.born < b.born
}

// queue is a heap with four children a node: shallower than one with two, so that a candidate
// whose count went stale sinks in fewer cache misses.
type queue []candidate

func (q *queue) push(c candidate) {
	*q = append(*q, c)
	q.rise(len(*q) - 1)
}

func (q queue) rise(i int) {
	moving := q[i]
	for i > 0 {
		parent := (i - 1) / 4
		if !moving.before(q[parent]) {
			break
		}
		q[i] = q[parent]
		i = parent
	}
	q[i] = moving
}

// pop removes the first candidate.
func (q *queue) pop() {
	last := len(*q) - 1
	(*q)[0] = (*q)[last]
	*q = (*q)[:last]
	if last > 0 {
		q.sink()
	}
}

// sink moves the first candidate to its place after its count fell.
func (q queue) sink() {
	moving, i := q[0], 0
	for {
		best := 4*i + 1
		if best >= len(q) {
			break
		}
		for child := best + 1; child < min(4*i+5, len(q)); child++ {
			if q[child].before(q[best]) {
				best = child
			}
		}
		if !q[best].before(moving) {
			break
		}
		q[i] = q[best]
		i = best
	}
	q[i] = moving
}
