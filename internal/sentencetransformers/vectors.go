package sentencetransformers

import "math"

// Pool joins the vectors that the modes make of the rows of a sequence, [n,width]: len(out) is as many widths as there are modes.
// The first skip rows count for nothing. Where no row is left, all but the maximum and the first token are 0, as in
// sentence-transformers.
func (p Pooling) Pool(rows []float32, width, skip int, out []float32) {
	count := len(rows) / width
	skip = min(skip, count)
	left := rows[skip*width:]
	for i, mode := range p {
		v := out[i*width : (i+1)*width]
		clear(v)
		switch mode {
		case CLS:
			if len(left) == 0 {
				left = rows
			}
			copy(v, left)
		case Last:
			if len(left) > 0 {
				copy(v, left[len(left)-width:])
			}
		case Max:
			largest(left, v)
		case Mean:
			sum(left, v)
			divide(v, float64(count-skip))
		case SqrtMean:
			sum(left, v)
			divide(v, math.Sqrt(float64(count-skip)))
		case WeightedMean:
			total := 0.0
			for at := 0; at < len(left); at += width {
				weight := float32(skip + at/width + 1) // a token keeps its place where the prompt does not count
				total += float64(weight)
				for j, x := range left[at : at+width] {
					v[j] += weight * x
				}
			}
			divide(v, total)
		}
	}
}

func sum(rows, out []float32) {
	for at := 0; at < len(rows); at += len(out) {
		for i, x := range rows[at : at+len(out)] {
			out[i] += x
		}
	}
}

func largest(rows, out []float32) {
	for i := range out {
		out[i] = float32(math.Inf(-1))
	}
	for at := 0; at < len(rows); at += len(out) {
		for i, x := range rows[at : at+len(out)] {
			out[i] = max(out[i], x)
		}
	}
}

// divide leaves a vector of zeros alone, whose number of tokens may be 0.
func divide(v []float32, by float64) {
	if by == 0 {
		return
	}
	share := float32(1 / by)
	for i := range v {
		v[i] *= share
	}
}

// shortest keeps a vector of zeros from being divided by zero, as PyTorch's normalize does.
const shortest = 1e-12

// Apply scales a vector to length 1.
func (Normalize) Apply(v []float32) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	scale := float32(1 / max(math.Sqrt(sum), shortest))
	for i := range v {
		v[i] *= scale
	}
}

// Of is the similarity of two vectors; the cosine is 0 where one of them is all zeros.
func (how Similarity) Of(a, b []float32) float64 {
	dot, aa, bb, far, along := 0.0, 0.0, 0.0, 0.0, 0.0
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot, aa, bb = dot+x*y, aa+x*x, bb+y*y
		far += (x - y) * (x - y)
		along += math.Abs(x - y)
	}
	switch {
	case how == Dot:
		return dot
	case how == Euclidean:
		return -math.Sqrt(far)
	case how == Manhattan:
		return -along
	case aa == 0 || bb == 0:
		return 0
	}
	return dot / math.Sqrt(aa*bb)
}
