// Package schedule is the learning rate of a run: a warm-up, and a curve by which it falls. It is plain Go.
//
// Files: schedule.go (Schedule: what a rate follows), rate.go (where a run stands, and its rate), curve.go (the curves).
package schedule
