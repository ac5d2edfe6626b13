// Package disk writes files that are there whole or not at all, keeps a folder one process's own while it writes there, and
// tells whether files are what they were.
//
//	err := disk.Write("model/config.json", text)
//
//	lock, err := disk.Claim("run", warn, "checkpoints", "best")
//	if err != nil {
//		return err // names the process that has the folder
//	}
//	defer lock.Release()
//
// A temporary sibling is written, synced, then renamed. What a killed process leaves of such siblings has names of its own, by
// which the next one that writes into the folder knows and removes it.
//
// A claim is a lock of the system (flock) on a hidden file in the folder, so nothing survives the process: after a SIGKILL the
// lock is free, and the file, if it is still there, says nothing any more. Whoever has a folder removes first what a killed
// process left unfinished in it.
//
// A [Sum] is what a file's content is: its size and the CRC-32C of all its bytes. A [Summed] adds how the file looked when it
// was summed: the times that the system keeps of its last change, its place on the disk, and a few blocks of its content. Whoever
// writes to a file changes its times, and cannot set one of them (ctime) back, so a file that looks as it did is what it was;
// one that does not (it was copied, moved or written to) is read whole. What is not seen: a change below the file system (a dying
// disk), outside of the blocks; a change made on purpose with the clock of the machine set back. The sum is one against accidents
// and edits, not against forgers.
//
// # Files
//
//   - create.go, write.go: writing, linking and copying whole files; lines.go: files that grow by lines; folder.go and replace.go: making folders
//   - unfinished.go: the names of what is not finished, and cleaning up
//   - claim.go, holder.go: one process, one folder, and who has it
//   - sum.go, look.go, check.go: reading whole files, how a file looks, comparing
//   - map.go: Map, View: a file as a slice of bytes
//   - kind.go: errors of the system's kinds in our words
package disk
