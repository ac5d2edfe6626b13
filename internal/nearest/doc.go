// Package nearest finds the name that was meant by one that is not known: a measure, a folder.
package nearest
