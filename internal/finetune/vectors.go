package finetune

import (
	"math"

	"gobert/heads"
)

// pool makes one vector of the rows of a sequence.
func pool(how heads.Pooling, rows, out []float32) {
	width := len(out)
	copy(out, rows[:width])
	for at := width; at < len(rows); at += width {
		row := rows[at : at+width]
		if how == heads.Max {
			for i, x := range row {
				out[i] = max(out[i], x)
			}
			continue
		}
		for i, x := range row {
			out[i] += x
		}
	}
	if how == heads.Mean {
		share := 1 / float32(len(rows)/width)
		for i := range out {
			out[i] *= share
		}
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
