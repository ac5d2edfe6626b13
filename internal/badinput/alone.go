package badinput

// alone are flags that do nothing without another one, which is not given.
func alone() (rows []Row) {
	for _, flag := range []string{
		"--outputs=2", "--max-seq-length=64", "--max-predictions-per-seq=5", "--dupe-factor=10", "--masked-lm-prob=0.2", "--short-seq-prob=0.2", "--do-whole-word-mask",
	} {
		rows = append(rows, Row{
			Name: flag + " without --google", Only: []string{"pretrain data"}, First: true, Code: 2, Says: "does nothing without --google", Hint: true,
			More: []string{flag},
		})
	}
	return rows
}
