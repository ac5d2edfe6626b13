package ui

import "strings"

// Quoted writes a word as a shell reads it.
func Quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`*?[](){}<>|&;!#~") {
		return word
	}
	return InQuotes(word)
}

// InQuotes is a word in a shell's single quotes, whether or not it needs them.
func InQuotes(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
