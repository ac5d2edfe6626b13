package report

// Cell is one cell of a confusion matrix: how many, and the share of its row from 0 to 1.
type Cell struct {
	Count int
	Share float64
	Right bool // on the diagonal
}

// Rows gives the matrix with the share of each cell in its row.
func (c *Confusion) Rows() [][]Cell {
	rows := make([][]Cell, len(c.Counts))
	for i, counts := range c.Counts {
		total := 0
		for _, n := range counts {
			total += n
		}
		for j, n := range counts {
			rows[i] = append(rows[i], Cell{n, float64(n) / float64(max(total, 1)), i == j})
		}
	}
	return rows
}
