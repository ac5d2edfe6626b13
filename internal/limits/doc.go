// Package limits knows what this machine has and what one input may take of it, so that a size that somebody wrote into a
// file or a flag is compared with it before anything is made of that size. A faulty size then is one message that names
// what was asked and what there is, and not a machine that stands still.
//
// memory.go tells what memory is left, threads.go how many threads make sense, record.go how long one line or one
// document may be.
package limits
