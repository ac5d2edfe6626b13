// Package task holds what is special about each kind of task.
package task
