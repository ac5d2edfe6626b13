// Package claim makes a folder one process's own while it writes there: one run, one folder.
//
//	c, err := claim.Take("run", warn, "checkpoints", "best")
//	if err != nil {
//		return err // names the process that has it
//	}
//	defer c.Release()
//
// It is a lock of the system (flock) on a hidden file in the folder, so nothing survives the process: after a SIGKILL the lock
// is free, and the file, if it is still there, says nothing any more. Whoever has a folder removes first what a killed process
// left unfinished in it.
//
// Files: claim.go (taking and giving back), holder.go (who has it).
package claim
