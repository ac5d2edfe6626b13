// Package filesum tells whether files are what they were, without reading them as long as nobody wrote to them.
//
// A [Sum] is what a file's content is: its size and the CRC-32C of all its bytes. A [File] adds how the file looked when it was
// summed: the times that the system keeps of its last change, its place on the disk, and a few blocks of its content. Whoever
// writes to a file changes its times, and cannot set one of them (ctime) back, so a file that looks as it did is what it was;
// one that does not (it was copied, moved or written to) is read whole.
//
// What is not seen: a change below the file system (a dying disk), outside of the blocks; a change made on purpose with the
// clock of the machine set back. The sum is one against accidents and edits, not against forgers.
//
// Files: sum.go (reading whole files), look.go (how a file looks), check.go (comparing).
package filesum
