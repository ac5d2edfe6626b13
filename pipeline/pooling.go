package pipeline

import (
	"math"

	"gobert/internal/sentencetransformers"
)

// pool joins the vectors that the modes make of the rows of a sequence, [n,width]: len(out) is as many widths as there are modes.
// The first skip rows count for nothing. Where no row is left, all but the maximum and the first token are 0, as in
// sentence-transformers.
func pool(how sentencetransformers.Pooling, rows []float32, width, skip int, out []float32) {
	count := len(rows) / width
	skip = min(skip, count)
	left := rows[skip*width:]
	for i, mode := range how {
		v := out[i*width : (i+1)*width]
		clear(v)
		switch mode {
		case sentencetransformers.CLS:
			if len(left) == 0 {
				left = rows
			}
			copy(v, left)
		case sentencetransformers.Last:
			if len(left) > 0 {
				copy(v, left[len(left)-width:])
			}
		case sentencetransformers.Max:
			largest(left, v)
		case sentencetransformers.Mean:
			sum(left, v)
			divide(v, float64(count-skip))
		case sentencetransformers.SqrtMean:
			sum(left, v)
			divide(v, math.Sqrt(float64(count-skip)))
		case sentencetransformers.WeightedMean:
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

func normalize(v []float32) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	scale := float32(1 / max(math.Sqrt(sum), shortest))
	for i := range v {
		v[i] *= scale
	}
}

// Cosine is the cosine of the angle between two vectors; 0 where one is all zeros.
func Cosine(a, b []float32) float64 {
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// Compare is the similarity of two vectors; more is nearer.
func Compare(how sentencetransformers.Similarity, a, b []float32) float64 {
	dot, far, along := 0.0, 0.0, 0.0
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot += x * y
		far += (x - y) * (x - y)
		along += math.Abs(x - y)
	}
	switch how {
	case sentencetransformers.Dot:
		return dot
	case sentencetransformers.Euclidean:
		return -math.Sqrt(far)
	case sentencetransformers.Manhattan:
		return -along
	}
	return Cosine(a, b)
}
