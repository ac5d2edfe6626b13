package ui

import "strings"

// Nearest is the name that was most likely meant: one that holds the word or is held by it, else the one with the fewest
// changed letters, if those are few; empty where none is like it.
func Nearest(word string, names []string) string {
	word = strings.ToLower(word)
	best, least := "", 1+len(word)/3
	for _, name := range names {
		if len(word) > 1 && (strings.Contains(name, word) || strings.Contains(word, name)) {
			return name
		}
		if n := changes(word, strings.ToLower(name)); n < least {
			best, least = name, n
		}
	}
	return best
}

// changes counts the letters to put in, leave out or replace to make b of a (Levenshtein's distance).
func changes(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			n := before
			if a[i] != b[j] {
				n = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], n
		}
	}
	return row[len(b)]
}
