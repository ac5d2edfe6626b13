// Package whole writes files that are there whole or not at all, and keeps folders clean: a temporary sibling is written,
// synced, then renamed. What a killed process leaves of such siblings has names of its own, by which the next one that writes
// into the folder knows and removes it.
//
// Files: whole.go (writing), folder.go (making folders), unfinished.go (the names, and cleaning up), kind.go (errors of the
// system's kinds in our words).
package whole
